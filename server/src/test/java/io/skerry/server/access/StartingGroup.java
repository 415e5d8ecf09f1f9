package io.skerry.server.access;

import io.skerry.engine.Code;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A node whose groups are all between two starts: they are there, and can answer nothing yet.
///
/// @param leader who leads the group, as far as this node knows
/// @param asked run when somebody asks for the group
record StartingGroup(NodeId self, GroupId id, Optional<NodeId> leader, Runnable asked)
        implements Replication, ReplicatedGroup {

    private DatabaseException starting() {
        return new DatabaseException(Code.UNAVAILABLE, "group " + id + " is being started on this node; try again");
    }

    @Override
    public Collection<ReplicatedGroup> groups() {
        return List.of(this);
    }

    @Override
    public Collection<GroupId> archived() {
        return List.of();
    }

    @Override
    public OptionalLong archivedBytes(GroupId group, DatabaseId database) {
        return OptionalLong.empty();
    }

    @Override
    public void archive(GroupId group, Duration limit) {
        throw starting();
    }

    @Override
    public void unarchive(GroupId group, Duration limit) {
        throw starting();
    }

    @Override
    public Optional<ReplicatedGroup> group(GroupId wanted) {
        asked.run();
        return Optional.of(this).filter(group -> wanted.equals(id)).map(group -> group);
    }

    @Override
    public ReplicatedGroup create(GroupId group, Duration limit) {
        throw starting();
    }

    @Override
    public void delete(GroupId group, Duration limit) {
        throw starting();
    }

    @Override
    public void setAside(GroupId group, Duration limit) {
        throw starting();
    }

    @Override
    public void close() {}

    @Override
    public GroupStore store() {
        throw starting();
    }

    @Override
    public CommitLog log() {
        throw starting();
    }

    @Override
    public boolean awaitLeadership(Duration limit) {
        return false;
    }

    @Override
    public OptionalLong leadingTerm() {
        return OptionalLong.empty();
    }

    @Override
    public List<MemberState> members() {
        return List.of();
    }

    @Override
    public void addListener(PeerAddress peer, Duration limit) {
        throw starting();
    }

    @Override
    public void removeListener(PeerAddress peer, Duration limit) {
        throw starting();
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public Optional<String> shortage() {
        return Optional.empty();
    }

    @Override
    public List<String> silent() {
        return List.of();
    }
}
