package io.skerry.server.http;

import io.helidon.webserver.CloseConnectionException;
import java.util.concurrent.locks.ReentrantLock;

/// How long a connection's thread may still wait for its client. Set and lifted by that thread, struck by the
/// clock of [SlowClients].
final class Watch {

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private boolean running;
    private boolean struck;
    private long end;

    Watch(Thread thread) {
        this.thread = thread;
    }

    /// From now on the thread waits for its client, until `nanoTime` at most.
    ///
    /// @throws CloseConnectionException if the client's time was over already
    void until(long nanoTime) {
        set(true, nanoTime);
    }

    /// The thread does not wait for its client any more.
    ///
    /// @return when that would have ended
    /// @throws CloseConnectionException if the client's time was over already
    long lift() {
        return set(false, end);
    }

    private long set(boolean nowRunning, long nanoTime) {
        lock.lock();
        try {
            if (struck) {
                throw new CloseConnectionException("the client was too slow");
            }
            running = nowRunning;
            end = nanoTime;
            return end;
        } finally {
            lock.unlock();
        }
    }

    /// The interrupt comes under the lock: it never meets the thread after its client was quick enough.
    void strikeIfLate(long now) {
        lock.lock();
        try {
            if (running && !struck && now - end > 0) {
                struck = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isOver() {
        return !thread.isAlive();
    }
}
