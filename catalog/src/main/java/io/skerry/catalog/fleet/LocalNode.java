package io.skerry.catalog.fleet;

import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.Uploads;
import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.QueryCounts;
import io.skerry.raft.MemberState;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The node that this code runs in.
public final class LocalNode implements NodeClient {

    private static final int QUERIES_MAX = 100;
    /// Each keeps a read transaction of its original open, and writes as fast as the log takes it.
    private static final int COPIES_MAX = 2;

    private final Replication replication;
    private final CopyTransport copies;
    private final Semaphore copying = new Semaphore(COPIES_MAX);
    private final Uploads uploads;

    /// @param copies the way to databases of other nodes
    public LocalNode(Replication replication, CopyTransport copies, Uploads uploads) {
        this.replication = replication;
        this.copies = copies;
        this.uploads = uploads;
    }

    @Override
    public void createGroup(GroupId group, Duration limit) {
        replication.create(group, limit);
    }

    @Override
    public void deleteGroup(GroupId group, Duration limit) {
        if (replication.group(group).isPresent()) {
            replication.delete(group, limit);
        }
    }

    @Override
    public void setAsideGroup(GroupId group, Duration limit) {
        replication.setAside(group, limit);
    }

    @Override
    public void addListener(GroupId group, PeerAddress peer, Duration limit) {
        existing(group).addListener(peer, limit);
    }

    @Override
    public void removeListener(GroupId group, PeerAddress peer, Duration limit) {
        existing(group).removeListener(peer, limit);
    }

    @Override
    public void createDatabase(GroupId group, DatabaseId database) {
        existing(group).store().create(database);
    }

    @Override
    public void dropDatabase(GroupId group, DatabaseId database) {
        existing(group).store().drop(database);
    }

    @Override
    public void fillDatabase(GroupId group, DatabaseId database, CopySource source, Duration limit) {
        Database target = existing(group, database);
        if (!copying.tryAcquire()) {
            throw new DatabaseException(
                    Code.OVERLOADED, "this node fills " + COPIES_MAX + " databases already; try again");
        }
        try {
            target.load(out -> copy(source, new TimedOutput(out, limit)));
        } finally {
            copying.release();
        }
    }

    private void copy(CopySource source, OutputStream out) throws IOException {
        if (source.node().node().equals(replication.self())) {
            switch (source) {
                case CopySource.OfDatabase of ->
                    existing(of.group(), of.database()).copyTo(out);
                case CopySource.OfUpload of -> uploads.writeImage(of.upload(), out);
            }
            return;
        }
        try (InputStream in = copies.open(source)) {
            in.transferTo(out);
        }
    }

    /// What [CopyTransport] reads at another node.
    public void writeCopy(GroupId group, DatabaseId database, OutputStream out) {
        existing(group, database).copyTo(out);
    }

    @Override
    public Optional<String> buildUpload(UploadId upload, UploadOwner owner, Duration limit) {
        return uploads.build(upload, owner, limit);
    }

    @Override
    public void discardUpload(UploadId upload) {
        uploads.discard(upload);
    }

    @Override
    public Map<DatabaseId, DatabaseUsage> usage(GroupId group, Collection<DatabaseId> databases) {
        Map<DatabaseId, DatabaseUsage> usage = new HashMap<>();
        replication
                .group(group)
                .ifPresent(here -> databases.forEach(
                        id -> here.store().database(id).ifPresent(database -> usage.put(id, usage(database)))));
        return usage;
    }

    @Override
    public List<QueryCounts.Query> queries(GroupId group, DatabaseId database) {
        return replication
                .group(group)
                .flatMap(here -> here.store().database(database))
                .map(there -> there.queries().top(QUERIES_MAX))
                .orElse(List.of());
    }

    private static DatabaseUsage usage(Database database) {
        return new DatabaseUsage(
                database.sizeBytes(), database.rows().read(), database.rows().written());
    }

    @Override
    public List<MemberState> members(GroupId group) {
        return replication.group(group).map(ReplicatedGroup::members).orElse(List.of());
    }

    @Override
    public Collection<GroupId> groups() {
        return replication.groups().stream().map(ReplicatedGroup::id).toList();
    }

    @Override
    public Collection<DatabaseId> databases(GroupId group) {
        return replication.group(group).map(g -> g.store().databases()).orElse(List.of());
    }

    @Override
    public boolean awaitCatalog(FrameNo frame, Duration limit) {
        return replication
                .group(SystemGroup.GROUP)
                .flatMap(system -> system.store().database(SystemGroup.DATABASE))
                .map(catalog -> catalog.awaitFrame(frame, limit))
                .orElse(false);
    }

    private Database existing(GroupId group, DatabaseId database) {
        return existing(group)
                .store()
                .database(database)
                .orElseThrow(() -> new DatabaseException(
                        Code.NO_SUCH_DATABASE,
                        "database " + database + " is not on node " + replication.self() + " (yet)"));
    }

    private ReplicatedGroup existing(GroupId group) {
        return replication
                .group(group)
                .orElseThrow(() -> new DatabaseException(
                        Code.UNAVAILABLE, "group " + group + " is not on node " + replication.self() + " (yet)"));
    }
}
