package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/// The replication side of one node: its groups. Implemented by [RaftNode]. Thread-safe.
public interface Replication extends AutoCloseable {

    NodeId self();

    /// The groups that this node is a member of.
    Collection<ReplicatedGroup> groups();

    Optional<ReplicatedGroup> group(GroupId id);

    /// Creates a group with this node as its only voter and waits until it leads. Creating one that exists here
    /// returns it.
    ReplicatedGroup create(GroupId id, Duration limit);

    /// Deletes the group on this node, log and databases. Remove its other members first.
    void delete(GroupId id, Duration limit);

    /// Takes the group off this node as [#delete] does, and keeps its files where no start looks for them
    /// ([GroupStores#setAside]).
    void setAside(GroupId id, Duration limit);

    /// Stops in order: no new appends, logs closed, databases closed. Bounded by a few seconds.
    @Override
    void close();
}
