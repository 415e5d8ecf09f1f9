package io.skerry.engine;

import io.skerry.engine.QueryCounts.Query;
import java.util.List;

/// What statements of clients read and wrote in one database on this node. It outlives the database there:
/// what was counted can still be taken when that is gone. Thread-safe; adding costs a few nanoseconds.
///
/// Rows read are an estimate, since no counter of SQLite that is for free is exact: the largest of the rows
/// returned, the rows visited by full scans, and a tenth of the instructions that SQLite's machine ran. Rows
/// written are exact: those that INSERT, UPDATE and DELETE changed, triggers and foreign key actions
/// included, index entries not. What a transaction wrote counts also if it is rolled back; a statement that
/// fails counts nothing.
public final class Meter {

    private final DatabaseId database;
    private final Meters node;
    private final RowCounts rows = new RowCounts();
    private final QueryCounts queries = new QueryCounts();
    /// Whether [Meters] knows that there may be something to take.
    private volatile boolean listed;

    private long readTaken;
    private long writtenTaken;

    Meter(DatabaseId database, Meters node) {
        this.database = database;
        this.node = node;
    }

    /// What was counted in a database in some time.
    ///
    /// @param queries those with the most rows, which need not be all
    public record Reading(DatabaseId database, long rowsRead, long rowsWritten, List<Query> queries) {}

    /// @param shape of the statement: its text without values, of a few hundred characters at most
    public void add(String shape, long rowsRead, long rowsWritten) {
        queries.add(shape, rowsRead, rowsWritten);
        add(rowsRead, rowsWritten);
    }

    /// Rows that no statement of a client's own read or wrote.
    public void add(long rowsRead, long rowsWritten) {
        rows.add(rowsRead, rowsWritten);
        // After the rows are there: whoever takes them clears the mark first and then looks.
        if (!listed) {
            listed = true;
            node.list(this);
        }
    }

    DatabaseId database() {
        return database;
    }

    /// What was counted since the last [#take].
    Reading untaken(int queriesMax) {
        return new Reading(database, rows.read() - readTaken, rows.written() - writtenTaken, queries.top(queriesMax));
    }

    Reading take(int queriesMax) {
        listed = false;
        long read = rows.read();
        long written = rows.written();
        Reading taken = new Reading(database, read - readTaken, written - writtenTaken, queries.take(queriesMax));
        readTaken = read;
        writtenTaken = written;
        return taken;
    }
}
