package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Limit;
import io.skerry.sqlite.ResultCode;
import org.jspecify.annotations.Nullable;

/// What keeps a read on a carrier of virtual threads short where the watchdog cannot: some functions take
/// the product of the lengths of two values, and with long ones half a second goes by before they look
/// whether they are interrupted ([SqlPolicy#mayBeHeld]). On a carrier they get short values only, and a
/// statement that has longer ones begins anew on a thread of its own.
///
/// Belongs to one connection, and is used as that is.
final class CarrierBounds {

    /// Two values of this length keep the slowest of the functions (`trim` with many characters to take
    /// away) for about ten milliseconds. SQLite does not ask how long a value is that it finds whole on
    /// the row's own page: two of these, at most a page each, take four times as long.
    private static final int VALUE_BYTES_MAX = 2_000;

    private final Connection connection;
    private final SqlPolicy policy;
    private final int valueBytes;

    /// @param valueBytes of a row, text or blob elsewhere
    CarrierBounds(Connection connection, SqlPolicy policy, int valueBytes) {
        this.connection = connection;
        this.policy = policy;
        this.valueBytes = valueBytes;
    }

    /// The statement is about to run on a carrier, and the policy to look at it anew.
    void enter(PreparedSql prepared) {
        if (prepared.mayBeHeld()) {
            connection.limit(Limit.LENGTH, VALUE_BYTES_MAX);
        } else {
            policy.carried();
        }
    }

    /// The statement has run there.
    ///
    /// @return whether it failed because of these bounds
    boolean leave(PreparedSql prepared, @Nullable DatabaseException failure) {
        if (!prepared.mayBeHeld()) {
            return failure != null && policy.mayBeHeld();
        }
        connection.limit(Limit.LENGTH, valueBytes);
        if (failure == null || !isTooBig(failure)) {
            return false;
        }
        prepared.hasLongValues();
        return true;
    }

    private static boolean isTooBig(DatabaseException e) {
        return e.code() == Code.SQLITE && (e.sqliteCode() & 0xff) == ResultCode.TOOBIG.value();
    }
}
