package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the open streams of a node asked again whether they may go on, whenever its copy of the catalog has changed: at
/// once for whoever waits for the change ([#follow]), and on a thread of its own for those that nobody waits for.
public final class StreamFollower implements AutoCloseable {

    /// What is open on a node for clients. Thread-safe.
    public interface Streams {

        /// Begins to end those that the catalog gives no right to any more, and makes the others heed what it forbids.
        void check();

        /// @return false if something that an earlier [#check] ends was still running after `limit`
        boolean awaitEndings(Duration limit) throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(StreamFollower.class);

    /// Between two looks of its own: many changes that follow each other are one. More after a look that took long,
    /// so that looking is never most of what a node does.
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final int REST = 4;
    /// After a look that failed.
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final Catalog catalog;
    private final Streams streams;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    /// All streams were asked at this frame or later; under `lock`.
    private FrameNo checked = FrameNo.ZERO;

    private StreamFollower(Catalog catalog, Streams streams) {
        this.catalog = catalog;
        this.streams = streams;
        this.thread = Thread.ofVirtual().name("stream-follower").unstarted(this::run);
    }

    /// @param catalog of this node
    public static StreamFollower start(Catalog catalog, Streams streams) {
        StreamFollower follower = new StreamFollower(catalog, streams);
        follower.thread.start();
        return follower;
    }

    /// Sees to it that nothing goes on here against what `frame`, which is here, says.
    ///
    /// @return false if something still runs after `limit`; it ends later
    boolean follow(FrameNo frame, Duration limit) {
        check(frame);
        try {
            return streams.awaitEndings(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void check(FrameNo frame) {
        lock.lock();
        try {
            if (checked.value() < frame.value()) {
                FrameNo seen = catalog.frame();
                streams.check();
                checked = seen;
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                FrameNo seen = catalog.frame();
                Thread.sleep(look(seen));
                awaitChange(seen);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return how long to rest
    private Duration look(FrameNo seen) {
        long start = System.nanoTime();
        try {
            check(seen);
        } catch (RuntimeException e) {
            LOG.warn("open streams could not be asked whether they may go on; tried again: {}", e.toString());
            return AGAIN;
        }
        Duration rest = Duration.ofNanos(System.nanoTime() - start).multipliedBy(REST);
        return rest.compareTo(GATHER) > 0 ? rest : GATHER;
    }

    private void awaitChange(FrameNo seen) throws InterruptedException {
        try {
            catalog.awaitFrame(seen.plus(1), PERIOD);
        } catch (DatabaseException e) {
            LOG.debug("the catalog's next change cannot be waited for", e);
            Thread.sleep(AGAIN);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
