package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Limit;
import io.skerry.sqlite.SqliteException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The databases that are attached to one connection, and whoever ends the transaction there if one of them has to go.
/// Used under the rules of the connection, but for what says otherwise.
final class AttachedFiles {

    private final Connection connection;
    private final SqlPolicy policy;
    /// By [Attachment#key].
    private final Map<String, Guest> guests = new HashMap<>();
    private volatile @Nullable Consumer<DatabaseException> transactionEnd;

    AttachedFiles(Connection connection, SqlPolicy policy) {
        this.connection = connection;
        this.policy = policy;
    }

    /// Attaches a database for reading.
    ///
    /// @param host the connection
    /// @throws DatabaseException if that fails: nothing has changed
    void attach(Attachment attachment, SqlConnection host) {
        var guest = Guest.enter(attachment.leases(), host);
        var done = false;
        policy.trust(true);
        connection.limit(Limit.ATTACHED, Attachments.MAX);
        try {
            guest.database().file().attachTo(connection, attachment.alias());
            done = true;
        } catch (SqliteException e) {
            throw Failures.running(e, null);
        } finally {
            connection.limit(Limit.ATTACHED, 0);
            policy.trust(false);
            if (!done) {
                guest.leave();
            }
        }
        guests.put(Attachment.key(attachment.alias()), guest);
        var why = evicted();
        if (why != null) {
            throw why;
        }
    }

    /// Nothing happens if it is not attached here.
    ///
    /// @throws DatabaseException if it is in use, in an open transaction that read it: nothing has changed then
    void detach(Attachment attachment) {
        try {
            if (guests.containsKey(Attachment.key(attachment.alias()))) {
                detach(attachment.alias());
            }
        } catch (SqliteException e) {
            throw Failures.running(e, null);
        }
    }

    private void detach(String alias) {
        policy.trust(true);
        try (var detach = connection.prepare("DETACH ?1")) {
            detach.bindText(1, alias);
            detach.step();
        } finally {
            policy.trust(false);
        }
        var guest = guests.remove(Attachment.key(alias));
        if (guest != null) {
            guest.leave();
        }
    }

    /// Detaches everything; no transaction is open.
    ///
    /// @return false if that failed: the connection must not be used any more
    boolean detachAll() {
        if (guests.isEmpty() && transactionEnd == null) {
            return true;
        }
        transactionEnd = null;
        try {
            List.copyOf(guests.keySet()).forEach(this::detach);
            return true;
        } catch (SqliteException e) {
            return false;
        }
    }

    /// The connection is closed, and everything with it.
    void closed() {
        guests.values().forEach(Guest::leave);
        guests.clear();
    }

    /// Why a statement had to end that nobody else would have ended; null if none had to.
    @Nullable
    DatabaseException evicted() {
        for (var guest : guests.values()) {
            var why = guest.evicted();
            if (why != null) {
                return why;
            }
        }
        return null;
    }

    /// Whether the open transaction sees of a database that is attached to both the same as that of another connection
    /// does; it takes its snapshot if it has none.
    boolean seeTheSame(AttachedFiles other) {
        return guests.keySet().stream()
                .allMatch(alias -> Arrays.equals(connection.snapshot(alias), other.connection.snapshot(alias)));
    }

    /// Who ends the transaction that is open here, or will be, if something that is attached has to go.
    void endsTransaction(Consumer<DatabaseException> by) {
        transactionEnd = by;
    }

    /// From any thread.
    @Nullable
    Consumer<DatabaseException> transactionEnd() {
        return transactionEnd;
    }
}
