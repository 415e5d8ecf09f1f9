package io.skerry.catalog.testing;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.sqlite.Backup;
import io.skerry.sqlite.Connection;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A database without replication: one connection to memory. It runs the work of every write twice, as its
/// contract allows, and refuses a transaction inside another, as its contract must.
public final class PlainDatabase implements Database, AutoCloseable {

    private final Connection connection = Connection.openInMemory();
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicLong frame = new AtomicLong();
    private final Crash crash;
    private volatile @Nullable Code refusal;
    private volatile @Nullable Code readRefusal;
    private boolean closed; // under the lock
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong kept = new AtomicLong();

    public PlainDatabase(Crash crash) {
        this.crash = crash;
    }

    /// Refuses every write with this code; null to stop it.
    public void refuse(@Nullable Code code) {
        refusal = code;
    }

    /// The same for reads.
    public void refuseReads(@Nullable Code code) {
        readRefusal = code;
    }

    /// How many read transactions there were.
    public long reads() {
        return reads.get();
    }

    /// Says from now on that so many bytes are kept for whoever reads.
    public void keep(long bytes) {
        kept.set(bytes);
    }

    @Override
    public <T> T read(Work<T> work) {
        reads.incrementAndGet();
        require(readRefusal);
        return alone(() -> {
            connection.exec("BEGIN");
            try {
                return work.run(connection);
            } finally {
                connection.exec("ROLLBACK");
            }
        });
    }

    @Override
    public <T> T write(Work<T> work) {
        require(refusal);
        return alone(() -> {
            crash.step("before the write");
            rehearse(work);
            connection.exec("BEGIN IMMEDIATE");
            T result;
            try {
                result = work.run(connection);
                connection.exec("COMMIT");
            } catch (RuntimeException e) {
                connection.exec("ROLLBACK");
                throw e;
            }
            frame.incrementAndGet();
            crash.step("after the write");
            return result;
        });
    }

    private static void require(@Nullable Code refused) {
        if (refused != null) {
            throw new DatabaseException(refused, "refused by the test");
        }
    }

    /// Makes the main database of a connection one with the same content.
    void copyTo(Connection copy) {
        alone(() -> {
            try (Backup backup = Backup.begin(connection, copy)) {
                return backup.step(-1);
            }
        });
    }

    private <T> void rehearse(Work<T> work) {
        connection.exec("BEGIN IMMEDIATE");
        try {
            work.run(connection);
        } finally {
            connection.exec("ROLLBACK");
        }
    }

    private <T> T alone(java.util.function.Supplier<T> work) {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("a transaction inside a transaction");
        }
        lock.lock();
        try {
            if (closed) {
                throw new DatabaseException(Code.UNAVAILABLE, "the catalog was closed by its test");
            }
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public FrameNo frame() {
        return new FrameNo(frame.get());
    }

    @Override
    public boolean awaitFrame(FrameNo awaited, Duration limit) {
        return frame.get() >= awaited.value();
    }

    @Override
    public DatabaseId id() {
        return io.skerry.catalog.SystemGroup.DATABASE;
    }

    @Override
    public Session openSession(SessionOptions options) {
        throw new UnsupportedOperationException("the catalog has no sessions");
    }

    @Override
    public void copyTo(OutputStream out) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public void dumpTo(OutputStream out) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public LongSupplier keptFromNow() {
        return kept::get;
    }

    @Override
    public void load(Feed feed) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public long sizeBytes() {
        return 0;
    }

    @Override
    public List<String> integrityCheck() {
        return List.of("ok");
    }

    /// Waits for the transaction that runs. Threads that watch something may ask for another one later:
    /// they are refused.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            connection.close();
        } finally {
            lock.unlock();
        }
    }
}
