package io.skerry.catalog.progress;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Work, in one piece or several, that others may end before its time: what runs then is interrupted,
/// and what would follow does not begin. The interrupt never meets the thread outside of the work.
///
/// Thread-safe: any thread may end it; its pieces are done one after the other, by one thread at a time.
public final class Endable {

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Thread worker;
    private @Nullable String why;

    /// Does a piece of the work on the calling thread.
    ///
    /// @throws DatabaseException UNAVAILABLE if it was ended, whatever the piece made of that
    public <T extends @Nullable Object> T run(Supplier<T> piece) {
        begin();
        T result;
        try {
            result = piece.get();
        } catch (RuntimeException e) {
            throw finish() ? ended(e) : e;
        }
        if (finish()) {
            throw ended(null);
        }
        return result;
    }

    /// As above, of a piece without a result.
    public void run(Runnable piece) {
        this.<@Nullable Void>run(() -> {
            piece.run();
            return null;
        });
    }

    /// Ends it. A second time changes nothing.
    ///
    /// @param because a sentence for whoever waits for the work
    public void end(String because) {
        lock.lock();
        try {
            if (why == null) {
                why = because;
                if (worker != null) {
                    worker.interrupt();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    public boolean isEnded() {
        lock.lock();
        try {
            return why != null;
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        lock.lock();
        try {
            if (why != null) {
                throw ended(null);
            }
            worker = Thread.currentThread();
        } finally {
            lock.unlock();
        }
    }

    /// @return whether it was ended
    private boolean finish() {
        lock.lock();
        try {
            worker = null;
            if (why == null) {
                return false;
            }
            // What ends the work is not to end what cleans up after it.
            Thread.interrupted();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private DatabaseException ended(@Nullable RuntimeException cause) {
        String text = String.valueOf(why);
        return cause == null
                ? new DatabaseException(Code.UNAVAILABLE, text)
                : new DatabaseException(Code.UNAVAILABLE, text, cause);
    }
}
