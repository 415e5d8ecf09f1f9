package io.skerry.engine;

import io.skerry.sqlite.ResultCode;
import org.jspecify.annotations.Nullable;

/// The one exception of the engine: a code for programs and a message that tells a person what was wrong with
/// what, and what to do.
public final class DatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final int sqliteCode;

    public DatabaseException(Code code, String message) {
        this(code, 0, message, null);
    }

    public DatabaseException(Code code, String message, @Nullable Throwable cause) {
        this(code, 0, message, cause);
    }

    /// @param sqliteCode SQLite's extended result code, 0 where SQLite was not involved
    public DatabaseException(Code code, int sqliteCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.sqliteCode = sqliteCode;
    }

    public Code code() {
        return code;
    }

    /// SQLite's extended result code, or 0.
    public int sqliteCode() {
        return sqliteCode;
    }

    /// Whether nothing is wrong but that so much is asked for at once: it may be tried again.
    public boolean isOverload() {
        return code == Code.OVERLOADED || code == Code.TRANSACTION_BUSY || code == Code.TRANSACTION_TIMEOUT;
    }

    /// Whether nothing more fits on a disk: on that of the log, or on that of SQLite's files.
    public boolean isDiskFull() {
        return code == Code.DISK_FULL || (code == Code.SQLITE && (sqliteCode & 0xff) == ResultCode.FULL.value());
    }
}
