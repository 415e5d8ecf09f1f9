package io.skerry.catalog.fleet;

import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.PeerAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What [Fleet] asks of one node, near or far. Every call is idempotent unless it says otherwise, ends within a
/// bounded time, or soon after it makes no progress any more, and throws [io.skerry.engine.DatabaseException] or
/// [io.skerry.raft.MembershipException] if it could not be done. [LocalNode] answers for the node it runs in; for
/// others the `server` module provides one.
public interface NodeClient {

    /// Creates a group with that node as its only voter and waits until it leads.
    void createGroup(GroupId group, Duration limit);

    /// Deletes the group there, log and databases.
    void deleteGroup(GroupId group, Duration limit);

    /// Takes the group off that node and keeps its files there, where no start looks for them.
    void setAsideGroup(GroupId group, Duration limit);

    /// Opens or closes the group there, as that node's copy of the catalog says when it is at `frame`. Returns when
    /// that is done; where the group's writes are taken, when they are again. Nodes do the same by themselves a
    /// moment later: this is for those who wait for it.
    void settleGroup(GroupId group, FrameNo frame, Duration limit);

    /// To be asked of the group's leader, as the three below.
    void addListener(GroupId group, PeerAddress peer, Duration limit);

    void removeListener(GroupId group, PeerAddress peer, Duration limit);

    void createDatabase(GroupId group, DatabaseId database);

    void dropDatabase(GroupId group, DatabaseId database);

    /// Fills a database that was created a moment ago with the content of another one as of now, or of an
    /// upload. Returns once it can be used there. To be asked of the leader of `group`. If it fails the
    /// database must be dropped.
    ///
    /// @param limit without progress
    /// @param progress told how far it is
    void fillDatabase(GroupId group, DatabaseId database, CopySource source, Duration limit, Progress progress);

    /// Makes a database file of what was uploaded to that node, to be a [CopySource] afterwards, as
    /// [io.skerry.catalog.upload.Uploads#build].
    ///
    /// @param limit without progress
    /// @param progress told how far it is
    /// @return what is wrong with the upload; empty if nothing is
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND if that node has no such upload of the owner's
    Optional<String> buildUpload(UploadId upload, UploadUse use, Duration limit, Progress progress);

    /// Deletes an upload there after that use, or in the middle of it.
    void discardUpload(UploadId upload, UploadUse use);

    /// What databases of some groups use there; what the node does not have is left out.
    NodeUsage usage(Map<GroupId, List<DatabaseId>> databases);

    /// The statements that read and wrote most in a database there, as far as the catalog may not have them.
    List<UsageSince> queries(DatabaseId database);

    /// Adds a report to the catalog. To be asked of the leader of the system group.
    ///
    /// @return the last report of its node then: that one, unless it did not follow the one before
    String recordUsage(UsageReport report);

    /// Adds entries to the audit log, of what is no change of the catalog. To be asked of the leader of the system
    /// group. Not idempotent: who asks again may have them there twice.
    ///
    /// @return a frame of the catalog that has them
    FrameNo recordAudit(List<AuditNote> notes);

    /// The members of the group as that node sees them; empty if it has no such group, or keeps it archived.
    List<MemberState> members(GroupId group);

    /// The groups that the node is a member of, archived or not.
    Collection<GroupId> groups();

    /// The databases of the group that the node has; empty if it has no such group, or keeps it archived.
    Collection<DatabaseId> databases(GroupId group);

    /// Waits until the node's copy of the catalog is at `frame`.
    ///
    /// @return false if `limit` passed first
    boolean awaitCatalog(FrameNo frame, Duration limit);

    /// The newest frame of the catalog. To be asked of the leader of the system group.
    FrameNo catalogFrame(Duration limit);
}
