package io.skerry.server.http;

import io.helidon.common.buffers.DataReader;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Looks, while the thread of a connection works on an answer, whether its client still waits for it:
/// another thread reads on, until a byte of the next request comes, or the end. That byte stays in the
/// reader, which the connection's thread gets back when nobody reads any more. A client that closes its
/// half of the connection is gone too, as for most servers.
final class Lookout {

    private static final Runnable NOBODY = () -> {};

    private final DataReader reader;
    private final ReentrantLock lock = new ReentrantLock();
    private Runnable told = NOBODY;
    private boolean gone;
    /// Of the connection's thread alone.
    private @Nullable Thread reading;

    Lookout(DataReader reader) {
        this.reader = reader;
    }

    /// To be called by the connection's thread, once the body of the request was read.
    ///
    /// @param whenGone run once, by any thread, if the client goes away before [#end]
    void begin(Runnable whenGone) {
        lock.lock();
        try {
            if (gone) {
                whenGone.run();
            } else {
                told = whenGone;
            }
        } finally {
            lock.unlock();
        }
        if (reading == null) {
            reading = Thread.ofVirtual().name("client-lookout").start(this::read);
        }
    }

    /// Nothing is run any more.
    void end() {
        lock.lock();
        try {
            told = NOBODY;
        } finally {
            lock.unlock();
        }
    }

    /// The reader, for the connection's thread. It waits as it would for the next request itself: for
    /// `http.idle-time` at most, since the listener interrupts the thread of a connection that is idle for so long.
    ///
    /// @throws InterruptedException while somebody else still reads, as reading itself would end
    DataReader reader() throws InterruptedException {
        Thread other = reading;
        if (other != null) {
            other.join();
            reading = null;
        }
        return reader;
    }

    private void read() {
        try {
            reader.ensureAvailable();
        } catch (RuntimeException ended) {
            // The connection's own thread meets the same when it reads.
            lock.lock();
            try {
                gone = true;
                told.run();
            } finally {
                lock.unlock();
            }
        }
    }
}
