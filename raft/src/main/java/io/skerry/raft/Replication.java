package io.skerry.raft;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/// The replication side of one node: its groups. Implemented by [RaftNode]. Thread-safe.
public interface Replication extends AutoCloseable {

    NodeId self();

    /// The groups that this node is a member of and that are not archived here.
    Collection<ReplicatedGroup> groups();

    Optional<ReplicatedGroup> group(GroupId id);

    /// Creates a group with this node as its only voter and waits until it leads. Creating one that exists here
    /// returns it.
    ReplicatedGroup create(GroupId id, Duration limit);

    /// The groups that this node is a member of and keeps closed.
    Collection<GroupId> archived();

    /// Bytes of a database of an archived group, as of its last checkpoint; empty if it is not here.
    OptionalLong archivedBytes(GroupId group, DatabaseId database);

    /// Closes the group on this node: writes that are under way get their outcome first, or UNAVAILABLE. Its files
    /// stay, and no start opens it, until [#unarchive]. Archiving what is archived, or not here, changes nothing.
    ///
    /// @throws DatabaseException UNAVAILABLE if it is not closed within `limit`; it goes on, or can be
    ///     tried again
    void archive(GroupId id, Duration limit);

    /// Opens an archived group again; its leader is elected afterwards. Does nothing if it is open, or not here.
    ///
    /// @throws DatabaseException UNAVAILABLE if it could not be opened; can be tried again
    void unarchive(GroupId id, Duration limit);

    /// Deletes the group on this node, log and databases, archived or not. Remove its other members first.
    ///
    /// @throws DatabaseException UNAVAILABLE if it is not gone within `limit`; it goes on, or can be tried again
    void delete(GroupId id, Duration limit);

    /// Takes the group off this node as [#delete] does, and keeps its files where no start looks for them
    /// ([GroupStores#setAside]).
    void setAside(GroupId id, Duration limit);

    /// Stops in order: no new appends, logs closed, databases closed. Bounded by a few seconds.
    @Override
    void close();
}
