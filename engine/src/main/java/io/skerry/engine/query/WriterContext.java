package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.storage.CommitReport;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.SqliteException;
import org.jspecify.annotations.Nullable;

/// The writer's connection and what became of its commits. Belongs to the thread that runs the writer.
final class WriterContext {

    private final DatabaseFile file;
    private final SqlConnection connection;
    private boolean foreignKeys = true;
    private boolean fenced;
    private boolean committed;

    WriterContext(DatabaseFile file, SqlConnection connection) {
        this.file = file;
        this.connection = connection;
    }

    SqlConnection connection() {
        return connection;
    }

    DatabaseFile file() {
        return file;
    }

    /// Gives the connection what belongs to a session: its last rowid, its `PRAGMA foreign_keys`.
    void assume(long lastInsertRowid, boolean enforceForeignKeys) {
        connection.raw().setLastInsertRowid(lastInsertRowid);
        if (foreignKeys != enforceForeignKeys) {
            connection.enforceForeignKeys(enforceForeignKeys);
            foreignKeys = enforceForeignKeys;
        }
    }

    /// What `PRAGMA foreign_keys` says now; asked after a client may have set it.
    boolean askForeignKeys() {
        foreignKeys = connection.enforcesForeignKeys();
        return foreignKeys;
    }

    /// To be called after everything that may have committed or failed to.
    ///
    /// @return the frame of the commit; null if no page was changed
    /// @throws DatabaseException why the commit did not happen, or may not have
    @Nullable
    FrameNo settle() {
        return switch (file.takeCommit()) {
            case CommitReport.NoChange nothing -> null;
            case CommitReport.Published published -> {
                committed = true;
                yield published.frame();
            }
            case CommitReport.Failed failed -> {
                var failure = Failures.commit(failed.outcome(), file);
                fenced |= failure.code() == Code.OUTCOME_UNKNOWN;
                throw failure;
            }
        };
    }

    /// The failure of something that may have been a commit: the barrier's word if it has one, else SQLite's.
    DatabaseException failure(DatabaseException sqlite) {
        try {
            settle();
            return sqlite;
        } catch (DatabaseException barrier) {
            barrier.addSuppressed(sqlite);
            return barrier;
        }
    }

    /// Rolls back whatever is open. If that fails nobody can go on with what is left: the file is fenced.
    void rollback() {
        if (fenced) {
            return;
        }
        try {
            connection.rollback();
        } catch (SqliteException e) {
            fence("a transaction could not be rolled back: " + e.getMessage());
        }
    }

    /// From now on the file is of no use: it is closed and rebuilt.
    void fence(String why) {
        if (!fenced) {
            fenced = true;
            file.distrust(why);
        }
    }

    /// Whether nothing may be run on any connection of the file any more.
    boolean fenced() {
        return fenced;
    }

    /// Whether something was committed since the last call.
    boolean takeCommitted() {
        var was = committed;
        committed = false;
        return was;
    }
}
