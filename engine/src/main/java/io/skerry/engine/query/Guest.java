package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Leases.Lease;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One database that is attached to a connection of another: it keeps the file open, and can be told to leave, because
/// the file is about to be closed.
final class Guest {

    private final SqlConnection host;
    private final Lease lease;
    private volatile @Nullable DatabaseException evicted;

    private Guest(SqlConnection host, Lease lease) {
        this.host = host;
        this.lease = lease;
    }

    /// @param host to which the database is about to be attached
    /// @throws DatabaseException NO_SUCH_DATABASE, UNAVAILABLE
    static Guest enter(Leases database, SqlConnection host) {
        var guest = new Guest(host, database.acquire());
        try {
            guest.database().guests().enter(guest);
            return guest;
        } catch (DatabaseException e) {
            guest.lease.release();
            throw e;
        }
    }

    OpenDatabase database() {
        return lease.database();
    }

    /// It is detached. Called once.
    void leave() {
        database().guests().leave(this);
        lease.release();
    }

    /// Why it has to leave; null while it need not.
    @Nullable
    DatabaseException evicted() {
        return evicted;
    }

    /// Ends the statement that runs on the connection, unless [#transactionEnd] does. While it has not left.
    void interrupt(DatabaseException why) {
        if (transactionEnd() == null) {
            evicted = why;
            host.interruption().close();
        }
    }

    /// Ends the transaction that is open on the connection, and may wait for its statement; null if none is.
    /// Asked while it has not left, since the connection has another session then; what it returns is that
    /// session's still.
    @Nullable
    Consumer<DatabaseException> transactionEnd() {
        return host.attached().transactionEnd();
    }
}
