package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// What a one-row insert puts into the log, read from the log's files: the entries as a replica is sent them, without
/// the headers of the transport. One connection, so that no two inserts share an entry.
final class LogBytes implements Measurement {

    private static final int INSERTS = 20_000;
    private static final String INDEXED_TABLE = "CREATE TABLE events (id INTEGER PRIMARY KEY, who INTEGER, line TEXT)";

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        // The limit keeps every entry in the files: no checkpoint deletes them.
        try (ServerProcess server = ServerProcess.skerry(context.directory("log"), "raft.checkpoint-bytes=1GiB")) {
            ControlPlane control = new ControlPlane(server);
            Endpoint append = control.createDatabase("append");
            Endpoint indexed = control.createDatabase("indexed");
            prepare(append, Statements.CREATE_INSERT_TABLE);
            prepare(
                    indexed,
                    INDEXED_TABLE,
                    "CREATE INDEX by_who ON events (who)",
                    "INSERT INTO events (who, line) WITH RECURSIVE c(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c WHERE v < "
                            + Statements.ROWS
                            + ") SELECT random(), hex(randomblob(20)) || '........................................' FROM c");
            return List.of(
                    new Row(
                            "log per 1-row insert, append",
                            "-",
                            measure(server, append, Statements::insert),
                            "<= 300 B"),
                    new Row(
                            "log per 1-row insert, one index of random numbers over "
                                    + String.format(Locale.ROOT, "%,d", Statements.ROWS) + " rows",
                            "-",
                            measure(server, indexed, LogBytes::insertIndexed),
                            "<= 1 KB"));
        }
    }

    private static void prepare(Endpoint database, String... statements) throws IOException {
        try (PipelineConnection connection = new PipelineConnection(database)) {
            for (String statement : statements) {
                connection.call(Statements.execute(statement));
            }
        }
    }

    private static String measure(ServerProcess server, Endpoint database, Load.Body insert) throws IOException {
        LogFiles.Size before = LogFiles.size(server.directory());
        try (PipelineConnection connection = new PipelineConnection(database)) {
            for (int i = 0; i < INSERTS; i++) {
                connection.call(insert.next(ThreadLocalRandom.current()));
            }
        }
        LogFiles.Size after = LogFiles.size(server.directory());
        return String.format(
                Locale.ROOT,
                "%.0f B (%,d inserts, %,d entries)",
                (after.bytes() - before.bytes()) / (double) INSERTS,
                INSERTS,
                after.entries() - before.entries());
    }

    private static String insertIndexed(ThreadLocalRandom random) {
        return Statements.insert("events (who, line)", random.nextLong(), Statements.text(random, 80));
    }
}
