package io.skerry.server.access;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.location.Node;
import io.skerry.platform.SystemLeader;
import io.skerry.raft.NodeId;
import io.skerry.raft.ReplicatedGroup;
import java.net.URI;
import java.util.Optional;

/// Who leads the group of the catalog, as its log tells this node.
public final class SystemGroupLeader implements SystemLeader {

    private final ReplicatedGroup system;
    private final Catalog catalog;
    private final NodeId self;

    public SystemGroupLeader(ReplicatedGroup system, Catalog catalog, NodeId self) {
        this.system = system;
        this.catalog = catalog;
        this.self = self;
    }

    @Override
    public boolean here() {
        return system.log().isLeader();
    }

    @Override
    public Optional<URI> elsewhere() {
        return system.leader()
                .filter(leader -> !leader.equals(self))
                .flatMap(catalog::node)
                .map(Node::http);
    }
}
