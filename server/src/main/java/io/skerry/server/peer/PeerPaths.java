package io.skerry.server.peer;

import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.DumpId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;

/// The paths of the nodes' own port; read by [PeerRoutes], written by [HttpNodeClient] and
/// [HttpSnapshotTransport].
final class PeerPaths {

    static final String GROUPS = "/internal/groups";
    static final String CATALOG = "/internal/catalog";
    static final String DUMPS = "/internal/dumps";
    static final String USAGE = "/internal/usage";
    static final String USAGE_REPORTS = USAGE + "/reports";

    private PeerPaths() {}

    static String group(GroupId group) {
        return GROUPS + "/" + group;
    }

    static String aside(GroupId group) {
        return group(group) + "/aside";
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

    static String dump(DumpId dump) {
        return DUMPS + "/" + dump;
    }

    static String database(DumpId dump) {
        return dump(dump) + "/database";
    }

    /// Where the pages are.
    static String copy(CopySource source) {
        return switch (source) {
            case CopySource.OfDatabase of -> copy(of.group(), of.database());
            case CopySource.OfDump of -> database(of.dump());
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
