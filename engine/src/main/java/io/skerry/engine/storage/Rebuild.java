package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.EntryHead;
import io.skerry.engine.entry.LogEntry;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings a fenced database back: closes it, throws away its WAL, waits until the fate of every entry of this
/// node is known, and replays the log into the file. Tries again for as long as the log or the disk refuses.
final class Rebuild implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuild.class);
    private static final long RETRY_MILLIS_MIN = 20;
    private static final long RETRY_MILLIS_MAX = 5_000;
    private static final long APPLY_POLL_NANOS = 200_000;
    /// Between two lines in the log about a rebuild that waits, once it tries every
    /// [#RETRY_MILLIS_MAX].
    private static final int ATTEMPTS_PER_LINE = 12;

    private final StoredDatabase database;
    private final GroupFiles group;
    private long retryMillis = RETRY_MILLIS_MIN;
    private int attempts;

    Rebuild(StoredDatabase database, GroupFiles group) {
        this.database = database;
        this.group = group;
    }

    @Override
    public void run() {
        if (!database.life().isFenced()) {
            return;
        }
        try {
            database.life().discardFile();
            if (fateIsKnown()) {
                replay();
                return;
            }
        } catch (DatabaseException e) {
            if (e.code() == Code.LOG_DAMAGED || e.code() == Code.TRANSACTION_TOO_LARGE) {
                database.life().stop("it cannot be rebuilt from its log: " + e.getMessage());
                return;
            }
            waits(e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("database {}: rebuild failed, trying again", database.id(), e);
            database.life().waits(String.valueOf(e));
        }
        group.node().later(this, retryMillis);
        retryMillis = Math.min(2 * retryMillis, RETRY_MILLIS_MAX);
    }

    /// Users of the database and whoever asks for the node's health are told by [FileLife].
    private void waits(@Nullable String why) {
        if (attempts++ % ATTEMPTS_PER_LINE == 0) {
            LOG.warn("database {}: its rebuild has to wait and is tried again: {}", database.id(), why);
        }
        database.life().waits(String.valueOf(why));
    }

    /// Whether no entry of this node can still find its way into the log before one that is written from now
    /// on. As a follower it need not be known: what arrives later is applied like any other entry.
    private boolean fateIsKnown() {
        if (!group.leadership().leads()) {
            return true;
        }
        long nonce = ThreadLocalRandom.current().nextLong();
        byte[] noop = LogEntry.encode(new LogEntry.Noop(group.group(), group.groupEpoch(), nonce));
        AppendOutcome outcome = group.log().submit(noop);
        return switch (outcome) {
            case Committed committed -> true;
            case Refused refused -> {
                boolean leads = refused.reason() != Reason.NOT_LEADER
                        || group.leadership().leads();
                if (leads) {
                    waits(refused.message());
                }
                yield !leads;
            }
            case Unknown unknown -> {
                waits(unknown.message());
                yield false;
            }
        };
    }

    private void replay() {
        LogIndex from = database.replay().beginAgain();
        while (true) {
            LogIndex applied = group.log().applied();
            database.replay().againUpTo(applied);
            group.log().replay(from, applied, this::entry);
            from = applied;
            if (database.replay().endAgain(applied)) {
                return;
            }
            // An entry is on its way through the applying thread.
            LockSupport.parkNanos(APPLY_POLL_NANOS);
        }
    }

    private void entry(LogIndex index, byte[] bytes) {
        EntryHead head = LogEntry.peek(bytes);
        if (head.kind() == EntryHead.Kind.PAGES && database.id().equals(head.database())) {
            database.replay().again(index, (LogEntry.Pages) LogEntry.decode(bytes));
        }
    }
}
