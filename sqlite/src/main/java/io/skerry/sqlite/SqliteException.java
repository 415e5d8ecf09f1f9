package io.skerry.sqlite;

/// An error that SQLite reported. Misuse of the Java objects is an [IllegalStateException] instead.
public final class SqliteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// Offset of an error that points at no place in the SQL.
    public static final int NO_OFFSET = -1;

    private final int extendedCode;
    private final int offset;

    public SqliteException(int extendedCode, String message) {
        this(extendedCode, message, NO_OFFSET);
    }

    public SqliteException(int extendedCode, String message, int offset) {
        super(message);
        this.extendedCode = extendedCode;
        this.offset = offset;
    }

    public ResultCode code() {
        return ResultCode.of(extendedCode);
    }

    /// The extended result code; the primary one if SQLite gave nothing more exact.
    public int extendedCode() {
        return extendedCode;
    }

    /// The name of the extended code, as `SQLITE_CONSTRAINT_UNIQUE`.
    public String codeName() {
        return ResultCode.nameOf(extendedCode);
    }

    /// Where in the UTF-8 text of the statement the error is, in bytes from the statement's start, or
    /// [#NO_OFFSET].
    public int offset() {
        return offset;
    }
}
