package io.skerry.server;

import io.skerry.catalog.fleet.Fleet;
import io.skerry.platform.SystemLeader;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes the databases that waited too long for their content, while this node leads the catalog. The
/// node that leads next goes on with it: a draft's age is in the catalog.
final class DraftClock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DraftClock.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final Fleet fleet;
    private final SystemLeader leader;
    private final Duration age;
    private final Thread clock;

    /// @param age at which a draft is deleted
    DraftClock(Fleet fleet, SystemLeader leader, Duration age) {
        this.fleet = fleet;
        this.leader = leader;
        this.age = age;
        this.clock = Thread.ofVirtual().name("draft-clock").start(this::look);
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                if (leader.here()) {
                    deleteOld();
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void deleteOld() {
        try {
            fleet.deleteDraftsBefore(Instant.now().minus(age));
        } catch (RuntimeException e) {
            LOG.warn("databases that waited too long for their content are deleted later: {}", e.toString());
        }
    }

    @Override
    public void close() {
        clock.interrupt();
    }
}
