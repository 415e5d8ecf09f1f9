package io.skerry.catalog.fleet;

import io.skerry.catalog.SystemGroup;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/// The node that this code runs in.
public final class LocalNode implements NodeClient {

    private final Replication replication;

    public LocalNode(Replication replication) {
        this.replication = replication;
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

    private ReplicatedGroup existing(GroupId group) {
        return replication
                .group(group)
                .orElseThrow(() -> new DatabaseException(
                        Code.UNAVAILABLE, "group " + group + " is not on node " + replication.self() + " (yet)"));
    }
}
