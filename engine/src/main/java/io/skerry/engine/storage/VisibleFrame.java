package io.skerry.engine.storage;

import io.skerry.engine.FrameNo;
import java.time.Duration;

/// The newest frame of a database that readers here can see. It never goes back: a rebuild ends with
/// everything that was visible before. Thread-safe; waiters share the condition of [FileLife].
final class VisibleFrame {

    private final FileLife life;
    private volatile long frame;

    VisibleFrame(FileLife life, long frame) {
        this.life = life;
        this.frame = frame;
    }

    FrameNo now() {
        return new FrameNo(frame);
    }

    void raise(long to) {
        life.lock.lock();
        try {
            frame = Math.max(frame, to);
            life.wake();
        } finally {
            life.lock.unlock();
        }
    }

    /// @return false if `limit` passed first
    boolean await(FrameNo wanted, Duration limit) {
        if (frame >= wanted.value()) {
            return true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        life.lock.lock();
        try {
            while (frame < wanted.value()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                life.await(left);
            }
            return true;
        } finally {
            life.lock.unlock();
        }
    }
}
