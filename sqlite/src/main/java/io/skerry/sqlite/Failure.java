package io.skerry.sqlite;

import io.skerry.sqlite.ffi.ConnectionCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.UpcallFailure;

/// Exceptions made of what SQLite reports, with what a callback threw as their cause.
final class Failure {

    private Failure() {}

    /// What SQLite says about the call that just gave `rc`; under the claim of the connection.
    ///
    /// @param db the connection
    /// @param base added to the offset of the error
    static SqliteException of(long db, int rc, int base) {
        int latest = ConnectionCalls.extendedErrcode(db);
        if ((latest & 0xff) != (rc & 0xff)) {
            return of(rc);
        }
        int offset = ConnectionCalls.errorOffset(db);
        SqliteException error = new SqliteException(
                rc > 0xff ? rc : latest,
                String.valueOf(Memory.string(ConnectionCalls.errmsg(db))),
                offset < 0 ? SqliteException.NO_OFFSET : base + offset);
        return withCause(error);
    }

    /// What the code alone says.
    static SqliteException of(int rc) {
        return withCause(new SqliteException(rc, Sqlite.describe(rc)));
    }

    private static SqliteException withCause(SqliteException error) {
        Throwable thrown = UpcallFailure.take();
        if (thrown != null) {
            error.initCause(thrown);
        }
        return error;
    }
}
