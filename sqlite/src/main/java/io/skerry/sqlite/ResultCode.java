package io.skerry.sqlite;

import java.util.Locale;

/// Primary result codes, <https://www.sqlite.org/rescode.html>. The extended code keeps the primary in its
/// low 8 bits.
public enum ResultCode {
    OK(0),
    ERROR(1),
    INTERNAL(2),
    PERM(3),
    ABORT(4),
    BUSY(5),
    LOCKED(6),
    NOMEM(7),
    READONLY(8),
    INTERRUPT(9),
    IOERR(10),
    CORRUPT(11),
    NOTFOUND(12),
    FULL(13),
    CANTOPEN(14),
    PROTOCOL(15),
    EMPTY(16),
    SCHEMA(17),
    TOOBIG(18),
    CONSTRAINT(19),
    MISMATCH(20),
    MISUSE(21),
    NOLFS(22),
    AUTH(23),
    FORMAT(24),
    RANGE(25),
    NOTADB(26),
    NOTICE(27),
    WARNING(28),
    ROW(100),
    DONE(101);

    private static final ResultCode[] BY_VALUE = index();

    private final int value;

    ResultCode(int value) {
        this.value = value;
    }

    public int value() {
        return value;
    }

    /// The primary code of a primary or extended code; ERROR for one that this list does not know.
    public static ResultCode of(int code) {
        int primary = code & 0xff;
        return primary < BY_VALUE.length ? BY_VALUE[primary] : ERROR;
    }

    /// The name in SQLite's documentation, as `SQLITE_CONSTRAINT_UNIQUE`; an extended code without a name
    /// gives the name of its primary.
    public static String nameOf(int code) {
        String extended = ExtendedNames.of(code);
        return extended != null ? extended : of(code).sqliteName();
    }

    /// As `SQLITE_BUSY`.
    public String sqliteName() {
        return "SQLITE_" + name().toUpperCase(Locale.ROOT);
    }

    private static ResultCode[] index() {
        ResultCode[] byValue = new ResultCode[102];
        java.util.Arrays.fill(byValue, ERROR);
        for (ResultCode code : values()) {
            byValue[code.value] = code;
        }
        return byValue;
    }
}
