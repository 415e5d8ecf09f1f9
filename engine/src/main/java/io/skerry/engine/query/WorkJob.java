package io.skerry.engine.query;

import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.SqlConnection.Control;
import io.skerry.sqlite.SqliteException;
import org.jspecify.annotations.Nullable;

/// A write of the platform itself, see [Database#write]. The SQL policy does not apply to it.
final class WorkJob<T extends @Nullable Object> extends WriterJob implements GroupMember {

    private final Database.Work<T> work;
    private @Nullable T result;

    WorkJob(Database.Work<T> work) {
        super(null);
        this.work = work;
    }

    @SuppressWarnings("NullAway") // null only if T allows it: the work gave it
    T result() {
        return result;
    }

    @Override
    GroupMember member() {
        return this;
    }

    @Override
    void run(WriterContext context) {
        throw new IllegalStateException("a work runs in a group, alone or not");
    }

    @Override
    public void attempt(WriterContext context) throws TransactionLost {
        var connection = context.connection();
        connection.control(Control.SAVEPOINT);
        try {
            runTrusted(connection);
        } catch (RuntimeException e) {
            undo(connection, e);
            return;
        }
        if (connection.violatesForeignKeys()) {
            undo(connection, Failures.foreignKey());
        } else {
            connection.control(Control.RELEASE);
        }
    }

    private void runTrusted(SqlConnection connection) {
        connection.policy().trust(true);
        connection.interruption().beginUntimed();
        try {
            result = work.run(connection.raw());
        } finally {
            connection.interruption().end();
            connection.policy().trust(false);
        }
    }

    private void undo(SqlConnection connection, RuntimeException why) throws TransactionLost {
        if (connection.autocommit()) {
            throw new TransactionLost(asDatabaseException(why));
        }
        connection.control(Control.ROLLBACK_TO);
        connection.control(Control.RELEASE);
        failing(why);
    }

    private static DatabaseException asDatabaseException(RuntimeException why) {
        return switch (why) {
            case DatabaseException e -> e;
            case SqliteException e -> Failures.running(e, null);
            default -> Failures.internal(why);
        };
    }

    @Override
    public void alone(WriterContext context) {
        var connection = context.connection();
        try {
            context.assume(0, false);
            connection.control(Control.BEGIN_IMMEDIATE);
            runTrusted(connection);
            connection.control(Control.COMMIT);
            context.settle();
        } catch (SqliteException e) {
            var failure = context.failure(Failures.running(e, null));
            context.rollback();
            failing(failure);
        } catch (RuntimeException e) {
            context.rollback();
            failing(e);
        }
    }

    @Override
    public void restart() {
        failing(null);
    }

    @Override
    public void committed(@Nullable FrameNo frame) {
        // The result is there already.
    }

    @Override
    public void failed(DatabaseException why) {
        failing(why);
    }

    @Override
    public boolean foreignKeys() {
        return false;
    }
}
