package io.skerry.server.access;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Has the node that leads the catalog write the entries, and waits a little until they are here too. Thread-safe.
public final class LeadersAuditTrail implements AuditTrail {

    /// What a reader of the log is promised of the node that he asks: it has seen what it answered.
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(2);

    private final Catalog catalog;
    private final Supplier<Optional<NodeClient>> leader;

    /// @param leader of the system group, if there is one; this node may be it
    public LeadersAuditTrail(Catalog catalog, Supplier<Optional<NodeClient>> leader) {
        this.catalog = catalog;
        this.leader = leader;
    }

    @Override
    public void write(List<AuditNote> notes) {
        NodeClient leading =
                leader.get().orElseThrow(() -> new DatabaseException(Code.NOT_LEADER, "nobody leads the system group"));
        FrameNo frame = leading.recordAudit(notes);
        catalog.awaitFrame(frame, CATCH_UP_MAX);
    }
}
