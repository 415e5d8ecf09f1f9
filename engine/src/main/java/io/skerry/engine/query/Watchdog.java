package io.skerry.engine.query;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The clock that looks after what must not take too long: one thread looks at everything that is registered
/// every [#TICK_NANOS]. So a statement that ends in time costs no timer. While nothing runs the thread rests, for a
/// node without clients is not to wake a processor fifty times a second.
final class Watchdog implements AutoCloseable {

    static final long TICK_NANOS = 20_000_000;

    /// After so many looks that found nothing the thread rests. Work that comes again and again, as that of one
    /// client, is not to wake it each time.
    private static final int QUIET_TICKS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    interface Watched {
        /// Must neither block nor throw.
        ///
        /// @return whether there is anything to look after; if not, [Watchdog#wake] is called when there is
        boolean check(long nowNanos);

        /// As often, once the node is stopping: what runs for a client has to end.
        default void stop() {}
    }

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean resting;
    private volatile boolean stopping;
    private volatile boolean closed;

    Watchdog() {
        thread = Thread.ofPlatform().name("skerry-watchdog").daemon(true).start(this::watch);
    }

    void add(Watched what) {
        watched.add(what);
        wake();
    }

    void remove(Watched what) {
        watched.remove(what);
    }

    /// To be called once something has begun that a check would see.
    void wake() {
        if (resting) {
            resting = false;
            LockSupport.unpark(thread);
        }
    }

    boolean resting() {
        return resting;
    }

    /// From now on, what runs for clients is told to end, whenever it began.
    void stopAll() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        var quiet = 0;
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            quiet = look() || stopping ? 0 : quiet + 1;
            if (quiet > QUIET_TICKS) {
                rest();
                quiet = 0;
            }
        }
    }

    /// What began before `resting` was set is seen by the look that follows; what begins later sees `resting`.
    private void rest() {
        resting = true;
        if (!look()) {
            while (resting && !stopping && !closed) {
                LockSupport.park(this);
            }
        }
        resting = false;
    }

    private boolean look() {
        var now = System.nanoTime();
        var busy = false;
        for (var one : watched) {
            try {
                busy |= one.check(now);
                if (stopping) {
                    one.stop();
                }
            } catch (RuntimeException e) {
                LOG.error("The watchdog cannot look after {}; its limits may not hold", one, e);
            }
        }
        return busy;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
