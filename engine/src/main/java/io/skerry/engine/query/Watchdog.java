package io.skerry.engine.query;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The clock that looks after what must not take too long: one thread looks at everything that is registered
/// every [#TICK_NANOS]. So a statement that ends in time costs no timer.
final class Watchdog implements AutoCloseable {

    static final long TICK_NANOS = 20_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    interface Watched {
        /// Must neither block nor throw.
        void check(long nowNanos);

        /// As often, once the node is stopping: what runs for a client has to end.
        default void stop() {}
    }

    private final Set<Watched> watched = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile boolean closed;

    Watchdog() {
        thread = Thread.ofPlatform().name("skerry-watchdog").daemon(true).start(this::watch);
    }

    void add(Watched what) {
        watched.add(what);
    }

    void remove(Watched what) {
        watched.remove(what);
    }

    /// From now on, what runs for clients is told to end, whenever it began.
    void stopAll() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, TICK_NANOS);
            var now = System.nanoTime();
            for (var one : watched) {
                try {
                    one.check(now);
                    if (stopping) {
                        one.stop();
                    }
                } catch (RuntimeException e) {
                    LOG.error("The watchdog cannot look after {}; its limits may not hold", one, e);
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
