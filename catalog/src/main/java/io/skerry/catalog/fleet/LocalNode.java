package io.skerry.catalog.fleet;

import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.progress.ProgressLog;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.upload.Uploads;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageLedger;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node that this code runs in.
public final class LocalNode implements NodeClient {

    private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

    private final Replication replication;
    private final CopyTransport copies;
    private final FillPlaces places = new FillPlaces();
    private final Uploads uploads;
    private final UsageLedger ledger;
    private final long copyKeptBytesMax;
    private final OpenGroups open;
    /// Null until clients can come.
    private volatile @Nullable StreamFollower streams;

    /// @param copies the way to databases of other nodes
    /// @param ledger what is counted here
    /// @param copyKeptBytesMax what the disk may keep for one copy of a database here, as [KeptBound] counts it
    public LocalNode(
            Replication replication, CopyTransport copies, Uploads uploads, UsageLedger ledger, long copyKeptBytesMax) {
        this.replication = replication;
        this.copies = copies;
        this.uploads = uploads;
        this.ledger = ledger;
        this.copyKeptBytesMax = copyKeptBytesMax;
        this.open = OpenGroups.of(replication);
    }

    /// Which of the groups here are open.
    public OpenGroups openGroups() {
        return open;
    }

    /// From now on it is known whose a database is that is filled here.
    ///
    /// @param owners empty for a group that is not known
    public void countFor(Function<GroupId, Optional<OrganizationId>> owners) {
        places.owners(owners);
    }

    /// From now on a change of the catalog is here only when the streams that are open heed it.
    public void follow(StreamFollower follower) {
        streams = follower;
    }

    @Override
    public void createGroup(GroupId group, Duration limit) {
        replication.create(group, limit);
    }

    @Override
    public void deleteGroup(GroupId group, Duration limit) {
        open.alone(group, () -> replication.delete(group, limit));
    }

    @Override
    public void setAsideGroup(GroupId group, Duration limit) {
        open.alone(group, () -> replication.setAside(group, limit));
    }

    @Override
    public void settleGroup(GroupId group, FrameNo frame, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        if (!awaitCatalog(frame, limit)) {
            throw new DatabaseException(
                    Code.UNAVAILABLE,
                    "node " + replication.self() + " does not have frame " + frame + " of the catalog yet");
        }
        boolean primary = open.settle(group, Filling.left(end));
        if (primary && !existing(group).awaitLeadership(Filling.left(end))) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + " has no leader on node " + replication.self() + " yet");
        }
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
    public void fillDatabase(GroupId group, DatabaseId database, CopySource source, Duration limit, Progress told) {
        Database target = existing(group, database);
        places.fill(group, () -> {
            ProgressLog progress = new ProgressLog(
                    "database " + database + " is filled from " + source, 0, ProgressLog.EVERY, LOG::info, told);
            target.load(out -> copy(source, group, new FillOutput(out, limit, progress, uploads::requireDisk)));
            progress.end();
        });
    }

    /// @param group that it goes into
    private void copy(CopySource source, GroupId group, OutputStream out) throws IOException {
        if (source.node().node().equals(replication.self())) {
            switch (source) {
                case CopySource.OfDatabase of ->
                    writeCopy(of.group(), of.database(), of.group().equals(group), out);
                case CopySource.OfUpload of -> uploads.writeImage(of.upload(), out);
            }
            return;
        }
        try (InputStream in = copies.open(source)) {
            in.transferTo(out);
        }
    }

    /// What [CopyTransport] reads at another node.
    ///
    /// @throws io.skerry.catalog.CatalogException BUSY once too much is kept for it
    public void writeCopy(GroupId group, DatabaseId database, OutputStream out) {
        // The group of the original has its primary here, which would not ask another node for it.
        writeCopy(group, database, false, out);
    }

    private void writeCopy(GroupId group, DatabaseId database, boolean intoItsGroup, OutputStream out) {
        Database original = existing(group, database);
        original.copyTo(KeptBound.of(original, copyKeptBytesMax, intoItsGroup, out));
    }

    @Override
    public Optional<String> buildUpload(UploadId upload, UploadUse use, Duration limit, Progress told) {
        return uploads.build(upload, use, limit, told);
    }

    @Override
    public void discardUpload(UploadId upload, UploadUse use) {
        uploads.discard(upload, use);
    }

    @Override
    public NodeUsage usage(Map<GroupId, List<DatabaseId>> databases) {
        List<NodeUsage.Storage> storage = new ArrayList<>();
        Set<DatabaseId> wanted = new HashSet<>();
        databases.forEach((group, ids) -> {
            wanted.addAll(ids);
            Optional<ReplicatedGroup> here = replication.group(group);
            ids.stream()
                    .flatMap(id -> here.isPresent() ? size(here.get(), id).stream() : archivedSize(group, id).stream())
                    .forEach(storage::add);
        });
        return new NodeUsage(storage, ledger.rowsSince(wanted));
    }

    private Optional<NodeUsage.Storage> archivedSize(GroupId group, DatabaseId database) {
        OptionalLong bytes = replication.archivedBytes(group, database);
        return bytes.isPresent() ? Optional.of(new NodeUsage.Storage(database, bytes.getAsLong())) : Optional.empty();
    }

    private static Optional<NodeUsage.Storage> size(ReplicatedGroup group, DatabaseId database) {
        return group.store().database(database).flatMap(LocalNode::size);
    }

    /// One that cannot be opened must not keep the others from being told.
    private static Optional<NodeUsage.Storage> size(Database database) {
        try {
            return Optional.of(new NodeUsage.Storage(database.id(), database.sizeBytes()));
        } catch (DatabaseException e) {
            LOG.warn("database {} does not tell its size: {}", database.id(), e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<UsageSince> queries(DatabaseId database) {
        return ledger.queriesSince(database);
    }

    @Override
    public String recordUsage(UsageReport report) {
        return existing(SystemGroup.GROUP, SystemGroup.DATABASE)
                .write(connection -> UsageRecords.record(new Sql(connection), report, Instant.now()));
    }

    @Override
    public FrameNo recordAudit(List<AuditNote> notes) {
        Database catalog = existing(SystemGroup.GROUP, SystemGroup.DATABASE);
        catalog.write(connection -> {
            Audit.recordAll(new Sql(connection), notes, Instant.now());
            return notes.size();
        });
        return catalog.frame();
    }

    @Override
    public List<MemberState> members(GroupId group) {
        return replication.group(group).map(ReplicatedGroup::members).orElse(List.of());
    }

    @Override
    public Collection<GroupId> groups() {
        return Stream.concat(replication.groups().stream().map(ReplicatedGroup::id), replication.archived().stream())
                .distinct()
                .toList();
    }

    @Override
    public Collection<DatabaseId> databases(GroupId group) {
        return replication.group(group).map(g -> g.store().databases()).orElse(List.of());
    }

    @Override
    public boolean awaitCatalog(FrameNo frame, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean here = replication
                .group(SystemGroup.GROUP)
                .flatMap(system -> system.store().database(SystemGroup.DATABASE))
                .map(catalog -> catalog.awaitFrame(frame, limit))
                .orElse(false);
        StreamFollower follower = streams;
        return here && (follower == null || follower.follow(frame, Filling.left(end)));
    }

    @Override
    public FrameNo catalogFrame(Duration limit) {
        if (!existing(SystemGroup.GROUP).log().isLeader()) {
            throw new DatabaseException(
                    Code.NOT_LEADER, "node " + replication.self() + " does not lead the catalog (any more)");
        }
        return existing(SystemGroup.GROUP, SystemGroup.DATABASE).frame();
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
