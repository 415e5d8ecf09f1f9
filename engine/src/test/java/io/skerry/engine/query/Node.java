package io.skerry.engine.query;

import io.skerry.engine.DatabaseId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// One open database with its engine, as a node has many.
final class Node implements Leases, AutoCloseable {

    /// Runs until it is interrupted.
    static final String ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) FROM n";
    /// So long that nothing ends by itself while a test waits.
    static final QuerySettings PATIENT = QuerySettings.DEFAULT
            .change()
            .groupTime(Duration.ofSeconds(30))
            .statementTime(Duration.ofMinutes(2))
            .build();

    final LocalFile file;
    final QueryEngine engine;
    final OpenDatabase database;
    final AtomicInteger leased = new AtomicInteger();
    /// Other databases of its group.
    final Map<DatabaseId, Leases> neighbours = new ConcurrentHashMap<>();
    private final List<Session> sessions = new ArrayList<>();

    Node(Path directory) {
        this(directory, QuerySettings.DEFAULT);
    }

    Node(Path directory, QuerySettings settings) {
        file = new LocalFile(directory);
        engine = new QueryEngine(settings, 4);
        database = engine.open(file);
    }

    Session session() {
        return session(SessionOptions.FULL);
    }

    Session session(SessionOptions options) {
        var session = engine.session(this, options, id -> Optional.ofNullable(neighbours.get(id)));
        synchronized (sessions) {
            sessions.add(session);
        }
        return session;
    }

    static Results run(Session session, String sql, Value... args) {
        var results = new Results();
        session.run(Program.of(Sql.of(sql, args)), results);
        return results;
    }

    /// Runs the texts as one program without conditions.
    static Results all(Session session, String... texts) {
        var steps = new ArrayList<Program.Step>();
        for (var text : texts) {
            steps.add(new Program.Step(null, Sql.of(text)));
        }
        var results = new Results();
        session.run(new Program(steps), results);
        return results;
    }

    /// The batch that clients send: BEGIN, each statement if the one before succeeded, COMMIT, ROLLBACK if not.
    static Program batch(String begin, String... texts) {
        var steps = new ArrayList<Program.Step>();
        steps.add(new Program.Step(null, Sql.of(begin)));
        for (var text : texts) {
            steps.add(new Program.Step(new Condition.Ok(steps.size() - 1), Sql.of(text)));
        }
        steps.add(new Program.Step(new Condition.Ok(steps.size() - 1), Sql.of("COMMIT")));
        steps.add(new Program.Step(new Condition.Not(new Condition.Ok(steps.size() - 1)), Sql.of("ROLLBACK")));
        return new Program(steps);
    }

    @Override
    public DatabaseId id() {
        return file.id();
    }

    @Override
    public Lease acquire() {
        leased.incrementAndGet();
        return new Lease() {
            @Override
            public OpenDatabase database() {
                return database;
            }

            @Override
            public void release() {
                leased.decrementAndGet();
            }
        };
    }

    @Override
    public void close() {
        synchronized (sessions) {
            sessions.forEach(Session::close);
        }
        database.close();
        engine.close();
        file.close();
    }
}
