package io.skerry.engine.file;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is to be deleted and could not be: tried again for as long as the node runs, after longer and longer pauses.
/// The log has one line when it fails first, and one when it is over.
///
/// Whoever owns one calls [#look] again and again, on a thread that may wait for the disk. Thread-safe.
public final class Deletions {

    /// So many wait; one more is left to the next start, which deletes what it finds.
    static final int MAX = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);
    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LAST_PAUSE_NANOS = Duration.ofMinutes(5).toNanos();

    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger places = new AtomicInteger();
    private final ReentrantLock looking = new ReentrantLock();

    /// Deletes what is there still, and nothing that is wanted by now. Can be repeated.
    @FunctionalInterface
    public interface Deletion {
        /// @throws IOException or any unchecked exception if something is left
        void run() throws IOException;
    }

    /// Touched by one thread at a time: the one that adds it, then those that look.
    private static final class Waiting {
        private final String what;
        private final Deletion deletion;
        private int attempts = 1;
        private long pauseNanos = FIRST_PAUSE_NANOS;
        private long dueNanos;

        Waiting(String what, Deletion deletion) {
            this.what = what;
            this.deletion = deletion;
            dueNanos = System.nanoTime() + pauseNanos;
        }

        void postpone(long now) {
            attempts++;
            pauseNanos = Math.min(2 * pauseNanos, LAST_PAUSE_NANOS);
            dueNanos = now + pauseNanos;
        }
    }

    /// Runs it now, and again later if it fails.
    ///
    /// @param what words for the log, with the path
    /// @return false if it failed and is left to the next start
    public boolean run(String what, Deletion deletion) {
        try {
            deletion.run();
            return true;
        } catch (IOException | RuntimeException e) {
            return failed(what, e, deletion);
        }
    }

    /// It was tried, and failed.
    ///
    /// @return false if it is left to the next start
    public boolean failed(String what, Exception why, Deletion again) {
        if (places.incrementAndGet() > MAX) {
            places.decrementAndGet();
            LOG.warn("{} could not be deleted, and is left to the next start: {}", what, why.toString());
            return false;
        }
        LOG.warn("{} could not be deleted; trying on: {}", what, why.toString());
        waiting.add(new Waiting(what, again));
        return true;
    }

    /// Whether something is left to be tried again.
    public boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /// Tries again what is due; one thread at a time, another one returns at once.
    ///
    /// @param now of [System#nanoTime]
    public void look(long now) {
        if (!waiting.isEmpty() && looking.tryLock()) {
            try {
                waiting.removeIf(one -> one.dueNanos - now <= 0 && isOver(one, now));
            } finally {
                looking.unlock();
            }
        }
    }

    private boolean isOver(Waiting one, long now) {
        try {
            one.deletion.run();
        } catch (IOException | RuntimeException e) {
            one.postpone(now);
            LOG.debug("{} could not be deleted", one.what, e);
            return false;
        }
        places.decrementAndGet();
        LOG.info("{}: nothing is left to delete, after {} attempts that failed", one.what, one.attempts);
        return true;
    }
}
