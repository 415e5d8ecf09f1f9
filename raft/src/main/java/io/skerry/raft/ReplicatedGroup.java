package io.skerry.raft;

import io.skerry.engine.CommitLog;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One group on this node. Thread-safe.
public interface ReplicatedGroup {

    GroupId id();

    GroupStore store();

    CommitLog log();

    /// Waits until this node leads the group and may take writes.
    ///
    /// @return false if `limit` passed first
    boolean awaitLeadership(Duration limit);

    /// The node that leads the group as far as this one knows.
    Optional<NodeId> leader();

    /// The term in which this node leads the group and may take writes; empty if it does not. One that lost
    /// the lead and has it again leads in a later term.
    OptionalLong leadingTerm();

    List<MemberState> members();

    /// Makes `peer` a listener: the group is created there, the membership change is committed, and the member
    /// fetches what it lacks. Returns once the change is committed, which is after the copy of what the log no
    /// longer has; [#members] tells how far it is. Adding a member twice changes nothing. On failure the group is
    /// removed again from `peer`, and the next change can proceed.
    ///
    /// @param limit so long may nothing happen: a copy that goes on may take longer
    /// @throws MembershipException if it could not be done; says what was undone
    void addListener(PeerAddress peer, Duration limit);

    /// Takes `node` out of the group and deletes the group's files there. Removing one that is no member
    /// changes nothing; where one is joining that ends, which takes until Ratis gives the change up (10 s). A
    /// node that does not answer is removed all the same; its files go when it is reachable again or wiped.
    void removeListener(PeerAddress peer, Duration limit);

    /// Empty if the group works; else one line: what stopped it, or a database of it, on this node and
    /// the way out.
    Optional<String> trouble();

    /// Why this node takes no writes for now though the group works: how much space is free on the log's disk, how
    /// much must be. Empty if there is space.
    Optional<String> shortage();

    /// A line for each member that has not answered this node, which leads the group, for a while, with the way out.
    List<String> silent();
}
