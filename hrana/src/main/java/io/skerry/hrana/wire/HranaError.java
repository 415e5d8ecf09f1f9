package io.skerry.hrana.wire;

import io.skerry.engine.DatabaseException;

/// An error inside a result: `{"message": …, "code": …}`. [#of] is where the engine's catalogue becomes the
/// protocol's.
///
/// Clients compare codes and search messages, so both are sqld's where it has the case: the messages begin with its
/// words and keep SQLite's behind them. SQLite codes go out as base names only.
public record HranaError(String message, String code) {

    /// By SQLite's base result code. 1, the generic one, has no name of its own in the protocol.
    private static final String[] SQLITE_NAMES = {
        "UNKNOWN", "UNKNOWN", "INTERNAL", "PERM", "ABORT", "BUSY", "LOCKED", "NOMEM", "READONLY", "INTERRUPT",
        "IOERR", "CORRUPT", "NOTFOUND", "FULL", "CANTOPEN", "PROTOCOL", "UNKNOWN", "SCHEMA", "TOOBIG", "CONSTRAINT",
        "MISMATCH", "MISUSE", "NOLFS", "AUTH", "UNKNOWN", "RANGE", "NOTADB"
    };

    public static HranaError of(DatabaseException error) {
        String message = error.getMessage() == null ? "" : error.getMessage();
        return switch (error.code()) {
            case SQLITE -> begin("SQLite error: ", message, sqliteName(error.sqliteCode()));
            case SQL_PARSE_ERROR -> begin("SQL string could not be parsed: ", message, "SQL_PARSE_ERROR");
            case SQL_INPUT_ERROR -> begin("SQL input error: ", message, "SQL_INPUT_ERROR");
            case SQL_NO_STATEMENT -> new HranaError("SQL string does not contain any statement", "SQL_NO_STATEMENT");
            case SQL_MANY_STATEMENTS ->
                new HranaError("SQL string contains more than one statement", "SQL_MANY_STATEMENTS");
            case ARGS_INVALID -> begin("Arguments do not match SQL parameters: ", message, "ARGS_INVALID");
            case ARGS_BOTH_POSITIONAL_AND_NAMED ->
                new HranaError(
                        "Specifying both positional and named arguments is not supported",
                        "ARGS_BOTH_POSITIONAL_AND_NAMED");
            case TRANSACTION_TIMEOUT -> new HranaError("Transaction timed out", "TRANSACTION_TIMEOUT");
            case TRANSACTION_BUSY -> new HranaError("Server cannot handle additional transactions", "TRANSACTION_BUSY");
            case RESPONSE_TOO_LARGE -> begin("Response is too large", message, "RESPONSE_TOO_LARGE");
            case BLOCKED -> begin("Operation was blocked", message, "BLOCKED");
            case PERMISSION_DENIED -> new HranaError(message, "SQL_PERMISSION_DENIED");
            case NOT_AUTHORIZED -> new HranaError(message, "SQLITE_AUTH");
            case DISK_FULL -> new HranaError(message, "SQLITE_FULL");
            case TEXT_NOT_UTF8 -> new HranaError(message, "UNICODE_ERROR");
            case STATEMENT_TIMEOUT,
                    NOT_LEADER,
                    OVERLOADED,
                    TRANSACTION_TOO_LARGE,
                    OUTCOME_UNKNOWN,
                    UNAVAILABLE,
                    NO_SUCH_DATABASE,
                    ACCESS_ENDED,
                    GROUP_ARCHIVED,
                    ATTACH_FORBIDDEN,
                    ATTACHMENT_ENDED,
                    LOG_DAMAGED,
                    INTERNAL -> new HranaError(message, error.code().name());
        };
    }

    /// The request could not be passed on to the node that takes it, and certainly did nothing there.
    public static HranaError proxy(String what) {
        return new HranaError("error executing a request on the primary: " + what, "PROXY_ERROR");
    }

    public static HranaError outcomeUnknown(String what) {
        return new HranaError(
                "The primary may or may not have executed the request: " + what + ". Read before you try again.",
                "OUTCOME_UNKNOWN");
    }

    public static HranaError tooManyTexts(int count) {
        return new HranaError(
                "The server already stores " + count + " SQL texts, it cannot store more", "SQL_STORE_TOO_MANY");
    }

    public static HranaError textTooLarge(int bytes, int bytesMax) {
        return new HranaError(
                "The SQL text has " + bytes + " bytes, the server stores texts of at most " + bytesMax + " bytes",
                "SQL_STORE_TOO_LARGE");
    }

    private static HranaError begin(String words, String message, String code) {
        if (message.startsWith(words)) {
            return new HranaError(message, code);
        }
        boolean joined = words.endsWith(" ") || message.isEmpty();
        return new HranaError(words + (joined ? "" : ": ") + message, code);
    }

    private static String sqliteName(int extendedCode) {
        int base = extendedCode & 0xff;
        return "SQLITE_" + (base < SQLITE_NAMES.length ? SQLITE_NAMES[base] : "UNKNOWN");
    }
}
