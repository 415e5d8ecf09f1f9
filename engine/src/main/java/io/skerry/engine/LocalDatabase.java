package io.skerry.engine;

import io.skerry.engine.query.Leases;
import io.skerry.engine.query.OpenDatabase;
import io.skerry.engine.query.QueryEngine;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StoredDatabase;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A database of a group: its stored form, opened for as long as somebody uses it.
final class LocalDatabase implements Database, Leases {

    private final StoredDatabase stored;
    private final QueryEngine queries;

    LocalDatabase(StoredDatabase stored, QueryEngine queries) {
        this.stored = stored;
        this.queries = queries;
    }

    @Override
    public DatabaseId id() {
        return stored.id();
    }

    @Override
    public Session openSession(SessionOptions options) {
        return queries.session(this, options);
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
    public long sizeBytes() {
        return read(connection -> number(connection, "PRAGMA page_count") * number(connection, "PRAGMA page_size"));
    }

    private static long number(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            return statement.step() ? statement.columnLong(0) : 0;
        }
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
