package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The least that a user of a file can be: one writer on a thread of its own, and readers that live for one
/// call.
final class PlainUser implements FileUser {

    private final DatabaseFile file;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("writer").factory());
    private final AtomicInteger running = new AtomicInteger();
    private @Nullable Connection writer;
    private @Nullable Connection standing;
    private volatile Runnable whenAborted = () -> {};

    PlainUser(DatabaseFile file) {
        this.file = file;
    }

    DatabaseFile file() {
        return file;
    }

    /// What one piece of work on the writer came to.
    record Outcome(CommitReport report, @Nullable SqliteException error) {}

    /// Runs `work` on the writer's thread and takes what became of its commit.
    Outcome write(Consumer<Connection> work) {
        return onThread(() -> {
            Connection connection = writer();
            SqliteException error = null;
            try {
                work.accept(connection);
            } catch (SqliteException e) {
                error = e;
            }
            Outcome outcome = new Outcome(file.takeCommit(), error);
            if (!connection.autocommit() && outcome.report() instanceof CommitReport.Failed) {
                connection.exec("ROLLBACK");
            }
            if (connection.autocommit()) {
                file.betweenTransactions();
            }
            return outcome;
        });
    }

    Outcome exec(String sql) {
        return write(connection -> connection.exec(sql));
    }

    private Connection writer() {
        Connection present = writer;
        if (present == null || !present.isOpen()) {
            present = file.openWriter();
            writer = present;
        }
        if (!file.writable()) {
            throw StoredDatabase.notLeader(file.id());
        }
        return present;
    }

    <T> T read(Function<Connection, T> work) {
        running.incrementAndGet();
        try (Connection connection = file.openReader()) {
            return work.apply(connection);
        } finally {
            running.decrementAndGet();
        }
    }

    long number(String sql) {
        return read(connection -> number(connection, sql));
    }

    static long number(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnLong(0);
        }
    }

    /// Waits until `sql` gives `wanted`.
    static void awaitNumber(Connection connection, String sql, long wanted) {
        Await.until(sql + " gives " + wanted, () -> number(connection, sql) == wanted);
    }

    static String text(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            statement.step();
            return String.valueOf(statement.columnText(0));
        }
    }

    /// Opens a connection that holds a snapshot until the user is closed.
    Connection holdSnapshot(String sql) {
        Connection connection = file.openReader();
        standing = connection;
        connection.exec("BEGIN");
        number(connection, sql);
        return connection;
    }

    @Override
    public void runExclusive(Runnable task) {
        onThread(() -> {
            task.run();
            return true;
        });
    }

    private <T> T onThread(java.util.concurrent.Callable<T> task) {
        running.incrementAndGet();
        try {
            return thread.submit(task).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            running.decrementAndGet();
        }
    }

    /// From now on, holds the thread that aborts: the one that applies, when something keeps it out.
    Hold holdApplying() {
        var hold = new Hold();
        whenAborted = hold::held;
        return hold;
    }

    /// A thread that waits until it may go on.
    static final class Hold {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        private void held() {
            reached.countDown();
            Await.latch(goOn);
        }

        void await() {
            Await.latch(reached);
        }

        void release() {
            goOn.countDown();
        }
    }

    @Override
    public void abortTransactions(DatabaseException reason) {
        whenAborted.run();
        onThread(() -> {
            Connection present = writer;
            if (present != null && present.isOpen() && !present.autocommit()) {
                present.exec("ROLLBACK");
            }
            return true;
        });
    }

    @Override
    public boolean idle() {
        return running.get() == 0 && (writer == null || !writer.isOpen() || writer.autocommit());
    }

    @Override
    public void close() {
        if (thread.isShutdown()) {
            return;
        }
        onThread(() -> {
            if (writer != null) {
                writer.close();
            }
            if (standing != null) {
                standing.close();
            }
            return true;
        });
        thread.shutdown();
    }
}
