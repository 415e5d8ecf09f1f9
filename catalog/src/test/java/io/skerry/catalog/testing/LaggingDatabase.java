package io.skerry.catalog.testing;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.sqlite.Connection;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Another node's copy of the catalog, as it was when it was last waited for: no change arrives here by itself.
/// To be closed before its original.
public final class LaggingDatabase implements Database, AutoCloseable {

    private final PlainDatabase original;
    private final ReentrantLock lock = new ReentrantLock();
    private final Connection copy = Connection.openInMemory(); // under the lock
    private volatile FrameNo frame = FrameNo.ZERO;
    private boolean closed; // under the lock

    public LaggingDatabase(PlainDatabase original) {
        this.original = original;
        catchUp();
    }

    private void catchUp() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            FrameNo now = original.frame();
            original.copyTo(copy);
            frame = now;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <T> T read(Work<T> work) {
        lock.lock();
        try {
            if (closed) {
                throw new DatabaseException(Code.UNAVAILABLE, "the copy was closed by its test");
            }
            return work.run(copy);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        throw new DatabaseException(Code.NOT_LEADER, "this copy follows");
    }

    @Override
    public FrameNo frame() {
        return frame;
    }

    @Override
    public boolean awaitFrame(FrameNo awaited, Duration limit) {
        if (frame.compareTo(awaited) < 0) {
            catchUp();
        }
        return frame.compareTo(awaited) >= 0;
    }

    @Override
    public DatabaseId id() {
        return original.id();
    }

    @Override
    public Session openSession(SessionOptions options) {
        return original.openSession(options);
    }

    @Override
    public void copyTo(OutputStream out) {
        original.copyTo(out);
    }

    @Override
    public void dumpTo(OutputStream out) {
        original.dumpTo(out);
    }

    @Override
    public LongSupplier keptFromNow() {
        return original.keptFromNow();
    }

    @Override
    public void load(Feed feed) {
        original.load(feed);
    }

    @Override
    public long sizeBytes() {
        return original.sizeBytes();
    }

    @Override
    public List<String> integrityCheck() {
        return original.integrityCheck();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            copy.close();
        } finally {
            lock.unlock();
        }
    }
}
