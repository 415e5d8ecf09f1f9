package io.skerry.server.peer;

import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.upload.UploadId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;

/// The paths of the nodes' own port; read by [PeerRoutes], written by [HttpNodeClient] and
/// [HttpPeerTransport].
final class PeerPaths {

    static final String GROUPS = "/internal/groups";
    static final String CATALOG = "/internal/catalog";
    static final String UPLOADS = "/internal/uploads";
    static final String USAGE = "/internal/usage";
    static final String AUDIT = "/internal/audit";
    static final String USAGE_REPORTS = USAGE + "/reports";

    private PeerPaths() {}

    static String group(GroupId group) {
        return GROUPS + "/" + group;
    }

    static String aside(GroupId group) {
        return group(group) + "/aside";
    }

    static String settled(GroupId group) {
        return group(group) + "/settled";
    }

    static String listener(GroupId group, NodeId node) {
        return group(group) + "/listeners/" + node;
    }

    static String databases(GroupId group) {
        return group(group) + "/databases";
    }

    static String database(GroupId group, DatabaseId database) {
        return databases(group) + "/" + database;
    }

    static String copy(GroupId group, DatabaseId database) {
        return database(group, database) + "/copy";
    }

    static String upload(UploadId upload) {
        return UPLOADS + "/" + upload;
    }

    static String database(UploadId upload) {
        return upload(upload) + "/database";
    }

    /// Where the pages are.
    static String copy(CopySource source) {
        return switch (source) {
            case CopySource.OfDatabase of -> copy(of.group(), of.database());
            case CopySource.OfUpload of -> database(of.upload());
        };
    }

    static String queries(DatabaseId database) {
        return USAGE + "/" + database + "/queries";
    }

    static String members(GroupId group) {
        return group(group) + "/members";
    }

    /// @param receiver the node that fetches it: the sender keeps its log for it meanwhile
    static String snapshot(GroupId group, NodeId receiver) {
        return group(group) + "/snapshot/" + receiver;
    }
}
