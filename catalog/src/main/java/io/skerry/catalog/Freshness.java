package io.skerry.catalog;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a node from saying "there is no such thing" out of a copy of the catalog that is old: what was made through
/// another node a moment ago may not be here yet. A look-up that finds nothing is repeated once this copy has what
/// the leader's has. Thread-safe.
///
/// One question to the leader is under way at a time, and whoever waits for its turn shares the next one: names and
/// tokens that strangers invent cost the leader no more than one question after another. Where the leader does not
/// answer within the limit, what is known here has to do.
public final class Freshness {

    private static final Logger LOG = LoggerFactory.getLogger(Freshness.class);

    /// The way to the node that leads the system group.
    @FunctionalInterface
    public interface Leader {

        /// Its newest frame of the catalog; empty if it is this node, or unknown.
        ///
        /// @throws DatabaseException if it does not answer within `limit`
        Optional<FrameNo> frame(Duration limit);
    }

    /// Of the node whose copy is the newest there is.
    public static final Leader HERE = limit -> Optional.empty();

    private final Catalog catalog;
    private final Leader leader;
    private final Duration limit;
    /// Fair: under a flood of new calls those who wait would get the last answer late otherwise.
    private final ReentrantLock asking = new ReentrantLock(true);
    /// Questions that were begun; changed under `asking`.
    private final AtomicLong begun = new AtomicLong();
    /// What came of the last one; guarded by `asking`.
    private boolean caughtUp;

    /// @param limit of a question with what follows it, and of the wait for one's turn
    public Freshness(Catalog catalog, Leader leader, Duration limit) {
        this.catalog = catalog;
        this.leader = leader;
        this.limit = limit;
    }

    /// Runs `look`; once more if it missed and there was something new.
    ///
    /// @param look must have no effect when it misses
    /// @param miss whether that exception says that something is not there
    public <T> T look(Supplier<T> look, Predicate<RuntimeException> miss) {
        long seen = catalog.frame().value();
        try {
            return look.get();
        } catch (RuntimeException e) {
            if (!miss.test(e) || !catchUp() || catalog.frame().value() == seen) {
                throw e;
            }
        }
        return look.get();
    }

    /// Waits until this copy has all that the leader had when this was called.
    ///
    /// @return false if that cannot be said, or this is the leader's own
    boolean catchUp() {
        long before = begun.get();
        try {
            if (!asking.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        try {
            // One that was under way when this was called may have been answered before the change.
            if (begun.get() == before) {
                begun.incrementAndGet();
                caughtUp = ask();
            }
            return caughtUp;
        } finally {
            asking.unlock();
        }
    }

    /// Calls that wait for their turn, about.
    int waiting() {
        return asking.getQueueLength();
    }

    private boolean ask() {
        long end = System.nanoTime() + limit.toNanos();
        try {
            Optional<FrameNo> newest = leader.frame(limit);
            return newest.isPresent()
                    && catalog.awaitFrame(newest.get(), Duration.ofNanos(Math.max(0, end - System.nanoTime())));
        } catch (DatabaseException e) {
            LOG.debug("the leader does not say how new its catalog is", e);
            return false;
        }
    }
}
