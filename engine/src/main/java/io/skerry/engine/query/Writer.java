package io.skerry.engine.query;

import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.SqliteException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs everything that may change one database, one job after the other as its [WriterQueue] gives them out.
///
/// One thread of the pool at a time is inside [#drain]; it alone touches the connection, and whatever goes wrong it
/// comes out again: a transaction that cannot be ended costs the file ([WriterContext#fence]), never the thread.
final class Writer {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    /// After so many turns the thread goes to the end of the pool's queue: other databases wait there.
    private static final int TURNS_MAX = 64;

    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final LongReads longReads;
    private final Runnable onFenced;
    private final WriterQueue queue;
    private volatile @Nullable WriterContext context;

    /// @param onFenced told when nothing may use the file any more
    Writer(
            DatabaseFile file,
            QuerySettings settings,
            Watchdog watchdog,
            Executor threads,
            LongReads longReads,
            Runnable onFenced) {
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        this.longReads = longReads;
        this.onFenced = onFenced;
        queue = new WriterQueue(file, settings, watchdog, threads, this::drain);
    }

    /// The way to it, for any thread.
    WriterQueue queue() {
        return queue;
    }

    private void drain() {
        try {
            for (var turn = 0; turn < TURNS_MAX; turn++) {
                var next = queue.next();
                if (next != null) {
                    take(next);
                } else if (!tidy()) {
                    return;
                }
            }
            tidy();
        } finally {
            queue.leave();
        }
    }

    private void take(WriterQueue.Turn turn) {
        try {
            switch (turn) {
                case WriterQueue.Run(var job) -> take(job);
                case WriterQueue.Evict() -> rollBackHolder();
            }
        } catch (Throwable e) {
            LOG.error("Database {}: the writer failed in a way that is not foreseen", file.id(), e);
            giveUp(turn, e);
        }
    }

    /// Nobody knows what is open on the connection, so nobody gets it any more.
    private void giveUp(WriterQueue.Turn turn, Throwable why) {
        var open = context;
        if (open != null) {
            open.fence("its writer failed: " + why);
            fence(open);
        }
        switch (turn) {
            case WriterQueue.Run(var job) -> {
                queue.hold(job.session(), false);
                job.fail(why);
            }
            case WriterQueue.Evict() -> queue.evicted();
        }
    }

    /// Lets the file see to its WAL if something was committed, or much was written that was not.
    ///
    /// @return whether there was something to do
    private boolean tidy() {
        var open = context;
        if (open == null || open.fenced() || !queue.between() || !(open.takeCommitted() | file.hasSpilled())) {
            return false;
        }
        try {
            file.betweenTransactions();
        } catch (RuntimeException e) {
            LOG.error("Database {}: its file cannot be looked after, its WAL may grow", file.id(), e);
        }
        return true;
    }

    private void rollBackHolder() {
        var open = context;
        if (open != null) {
            rollBack(open);
            detach(open);
            fenceIfInDoubt(open);
        }
        queue.evicted();
    }

    /// Never throws: jobs wait to hear of their end.
    private void rollBack(WriterContext open) {
        try {
            open.rollback();
        } catch (RuntimeException | Error e) {
            LOG.error("Database {}: its writer failed in a rollback", file.id(), e);
            open.fence("its writer failed in a rollback: " + e);
        }
    }

    private void take(WriterJob job) {
        if (job instanceof TaskJob task) {
            task.run();
            return;
        }
        WriterContext open;
        try {
            open = open();
        } catch (RuntimeException e) {
            job.fail(asFailure(e));
            return;
        }
        var member = job.member();
        if (member == null || (job.plain() && !queue.followed(member.foreignKeys()))) {
            runAlone(job, open);
        } else {
            runGroup(job, member, open);
        }
    }

    private WriterContext open() {
        var open = context;
        if (open != null && (queue.held() || file.writable())) {
            return open;
        }
        if (open != null) {
            throw Failures.notWritable(file);
        }
        open = new WriterContext(file, new SqlConnection(file.openWriter(), file, settings, watchdog, longReads));
        context = open;
        return open;
    }

    private void runAlone(WriterJob job, WriterContext open) {
        Throwable failure = null;
        try {
            job.run(open);
        } catch (RuntimeException | Error e) {
            failure = asFailure(e);
            rollBack(open);
        }
        var inTransaction = !open.fenced() && !open.connection().autocommit();
        detach(open);
        queue.hold(job.session(), inTransaction);
        fenceIfInDoubt(open);
        job.end(failure);
    }

    /// Before anybody else gets the connection, what the session had attached to it goes. Never throws.
    private void detach(WriterContext open) {
        var connection = open.connection();
        if (open.fenced() || !connection.autocommit() || connection.attached().detachAll()) {
            return;
        }
        LOG.warn("Database {}: the writer's connection is replaced, a database stays attached to it", file.id());
        context = null;
        try {
            connection.close();
        } catch (RuntimeException e) {
            LOG.error("Database {}: its writer's connection could not be closed", file.id(), e);
        }
    }

    private void runGroup(WriterJob first, GroupMember member, WriterContext open) {
        var jobs = new ArrayList<WriterJob>();
        jobs.add(first);
        var start = System.nanoTime();
        Throwable failure = null;
        try {
            new CommitGroup(open).run(member, () -> nextMember(jobs, member.foreignKeys(), start));
        } catch (RuntimeException | Error e) {
            failure = asFailure(e);
            rollBack(open);
        }
        fenceIfInDoubt(open);
        for (var job : jobs) {
            job.end(failure);
        }
    }

    /// What clients can be told: a failure of one of our own statements is SQLite's, as any other is.
    private static Throwable asFailure(Throwable e) {
        return e instanceof SqliteException sqlite ? Failures.running(sqlite, null) : e;
    }

    private @Nullable GroupMember nextMember(List<WriterJob> jobs, boolean foreignKeys, long startNanos) {
        if (jobs.size() >= settings.groupedWrites()
                || System.nanoTime() - startNanos > settings.groupTime().toNanos()) {
            return null;
        }
        var next = queue.nextMember(foreignKeys);
        if (next == null) {
            return null;
        }
        jobs.add(next);
        return next.member();
    }

    /// Before anybody hears of it: who was told that the outcome is unknown must not read the old state here.
    private void fenceIfInDoubt(WriterContext open) {
        if (open.fenced()) {
            fence(open);
        }
    }

    /// Nothing may be run on the file any more: whoever owns it closes and rebuilds it. Never throws.
    private void fence(WriterContext open) {
        context = null;
        try {
            onFenced.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Database {}: its readers could not be stopped", file.id(), e);
        }
        try {
            open.connection().close();
        } catch (RuntimeException e) {
            LOG.error("Database {}: its writer's connection could not be closed", file.id(), e);
        }
    }

    /// Rolls back what is open, fails what waits, waits for what runs and closes the connection.
    void close() {
        queue.close(this::interrupt);
        var open = context;
        if (open != null) {
            context = null;
            open.connection().close();
        }
    }

    private void interrupt() {
        var open = context;
        if (open != null) {
            open.connection().interruption().close();
        }
    }
}
