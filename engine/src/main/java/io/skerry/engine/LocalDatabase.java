package io.skerry.engine;

import io.skerry.engine.dump.SqlDump;
import io.skerry.engine.query.Leases;
import io.skerry.engine.query.OpenDatabase;
import io.skerry.engine.query.QueryEngine;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StoredDatabase;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// A database of a group: its stored form, opened for as long as somebody uses it.
final class LocalDatabase implements Database, Leases {

    private static final long CLOSE_NANOS = 10_000_000_000L;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final StoredDatabase stored;
    private final QueryEngine queries;
    private final Function<DatabaseId, Optional<Leases>> group;

    /// @param group lends the databases of its group
    LocalDatabase(StoredDatabase stored, QueryEngine queries, Function<DatabaseId, Optional<Leases>> group) {
        this.stored = stored;
        this.queries = queries;
        this.group = group;
    }

    @Override
    public DatabaseId id() {
        return stored.id();
    }

    @Override
    public Session openSession(SessionOptions options) {
        return queries.session(this, options, group);
    }

    @Override
    public Lease acquire() {
        return new StoredLease(stored, (OpenDatabase) stored.acquire());
    }

    private record StoredLease(StoredDatabase stored, OpenDatabase database) implements Lease {
        @Override
        public void release() {
            stored.release();
        }
    }

    @Override
    public <T> T read(Work<T> work) {
        Lease lease = acquire();
        try {
            return lease.database().read(work);
        } finally {
            lease.release();
        }
    }

    @Override
    public <T> T write(Work<T> work) {
        Lease lease = acquire();
        try {
            return lease.database().write(work);
        } finally {
            lease.release();
        }
    }

    @Override
    public FrameNo frame() {
        return stored.frame();
    }

    @Override
    public boolean awaitFrame(FrameNo frame, Duration limit) {
        return stored.awaitFrame(frame, limit);
    }

    @Override
    public void copyTo(OutputStream out) {
        DatabaseImage.write(this, out);
    }

    @Override
    public void dumpTo(OutputStream out) {
        read(connection -> {
            try {
                SqlDump.write(connection, out, rows -> stored.meter().add(rows, 0));
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public LongSupplier keptFromNow() {
        return stored.keptFromNow();
    }

    @Override
    public void load(Feed feed) {
        ImageLoader loader = new ImageLoader(this);
        try {
            feed.to(loader);
            loader.finish();
        } catch (IOException | UncheckedIOException e) {
            throw new DatabaseException(Code.INTERNAL, "database " + id() + " was not filled: " + e.getMessage(), e);
        } catch (SqliteException e) {
            // The original was closed, or is being deleted.
            throw new DatabaseException(
                    Code.UNAVAILABLE, "database " + id() + " was not filled: its original ended: " + e.getMessage(), e);
        }
        closeConnections();
    }

    private void closeConnections() {
        long end = System.nanoTime() + CLOSE_NANOS;
        // The writer is busy for a moment after it has answered.
        while (!stored.closeIfUnused()) {
            if (System.nanoTime() - end > 0) {
                throw new DatabaseException(Code.UNAVAILABLE, "database " + id() + " is used while it is filled");
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    @Override
    public long sizeBytes() {
        OptionalLong closed = stored.bytesAtRest();
        return closed.isPresent() ? closed.getAsLong() : openBytes();
    }

    private long openBytes() {
        return read(connection -> DatabaseImage.number(connection, "PRAGMA page_count")
                * DatabaseImage.number(connection, "PRAGMA page_size"));
    }

    @Override
    public List<String> integrityCheck() {
        return read(connection -> {
            List<String> lines = new ArrayList<>();
            try (Statement statement = connection.prepare("PRAGMA integrity_check")) {
                while (statement.step()) {
                    lines.add(String.valueOf(statement.columnText(0)));
                }
            }
            return lines;
        });
    }
}
