package io.skerry.engine.query;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import org.jspecify.annotations.Nullable;

/// Says what went wrong in the engine's words. The texts are those that libSQL's clients know.
final class Failures {

    static final int BUSY_SNAPSHOT = ResultCode.BUSY.value() | 2 << 8;
    private static final int CONSTRAINT_FOREIGNKEY = ResultCode.CONSTRAINT.value() | 3 << 8;

    private Failures() {}

    /// An error that SQLite found while it prepared a statement.
    ///
    /// @param refusal what the policy refused, null if it did not
    static DatabaseException preparing(SqliteException e, @Nullable String refusal) {
        var message = String.valueOf(e.getMessage());
        if (e.code() == ResultCode.AUTH && refusal != null) {
            return new DatabaseException(Code.NOT_AUTHORIZED, e.extendedCode(), "not authorized: " + refusal, e);
        }
        if (isSyntax(message)) {
            return new DatabaseException(
                    Code.SQL_PARSE_ERROR, e.extendedCode(), "SQL string could not be parsed: " + message, e);
        }
        if (e.code() == ResultCode.ERROR && e.offset() != SqliteException.NO_OFFSET) {
            var text = "SQL input error: " + message + " (at offset " + e.offset() + ")";
            return new DatabaseException(Code.SQL_INPUT_ERROR, e.extendedCode(), text, e);
        }
        return running(e, refusal);
    }

    private static boolean isSyntax(String message) {
        return message.endsWith(": syntax error")
                || message.equals("incomplete input")
                || message.startsWith("unrecognized token:");
    }

    /// An error that SQLite found while a statement ran.
    static DatabaseException running(SqliteException e, @Nullable String refusal) {
        if (e.code() == ResultCode.AUTH && refusal != null) {
            return new DatabaseException(Code.NOT_AUTHORIZED, e.extendedCode(), "not authorized: " + refusal, e);
        }
        return new DatabaseException(Code.SQLITE, e.extendedCode(), "SQLite error: " + e.getMessage(), e);
    }

    /// The same where no statement of a client ran.
    static DatabaseException told(RuntimeException e) {
        return switch (e) {
            case DatabaseException failed -> failed;
            case SqliteException failed -> running(failed, null);
            default -> throw e;
        };
    }

    static DatabaseException sqlite(int extendedCode, String message) {
        return new DatabaseException(Code.SQLITE, extendedCode, "SQLite error: " + message, null);
    }

    /// Whether SQLite, or a statement of ours, was interrupted, and nobody has said yet what for.
    static boolean isInterrupt(RuntimeException e) {
        return switch (e) {
            case SqliteException failed -> failed.code() == ResultCode.INTERRUPT;
            case DatabaseException failed -> isInterrupt(failed);
            default -> false;
        };
    }

    static boolean isInterrupt(DatabaseException e) {
        return e.code() == Code.SQLITE && (e.sqliteCode() & 0xff) == ResultCode.INTERRUPT.value();
    }

    static DatabaseException noStatement() {
        return new DatabaseException(Code.SQL_NO_STATEMENT, "SQL string does not contain any statement");
    }

    static DatabaseException manyStatements() {
        return new DatabaseException(Code.SQL_MANY_STATEMENTS, "SQL string contains more than one statement");
    }

    static DatabaseException foreignKey() {
        return sqlite(CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed");
    }

    /// The snapshot of a deferred transaction is older than the newest commit, so it cannot begin to write.
    static DatabaseException staleSnapshot() {
        return sqlite(BUSY_SNAPSHOT, "database is locked");
    }

    /// @param missing the permission and what it is needed for
    static DatabaseException permissionDenied(SqliteException e, String missing) {
        return new DatabaseException(
                Code.PERMISSION_DENIED, e.extendedCode(), "permission denied: the token lacks " + missing, e);
    }

    static DatabaseException readOnlyTransaction() {
        return sqlite(ResultCode.READONLY.value(), "attempt to write a readonly database");
    }

    static DatabaseException readOnlySession() {
        return new DatabaseException(
                Code.NOT_AUTHORIZED, "not authorized: the token of this session allows to read only");
    }

    static DatabaseException blocked(String why) {
        return new DatabaseException(Code.BLOCKED, "Operation was blocked: " + why);
    }

    /// @param failure SQLite's, that found no room
    static DatabaseException full(DatabaseException failure, long bytesMax) {
        return new DatabaseException(
                Code.SQLITE,
                failure.sqliteCode(),
                failure.getMessage() + " (the database's size_limit is " + bytesMax
                        + " bytes): delete data or raise the limit",
                failure);
    }

    static boolean isFull(DatabaseException e) {
        return e.code() == Code.SQLITE && (e.sqliteCode() & 0xff) == ResultCode.FULL.value();
    }

    static DatabaseException hidden() {
        return new DatabaseException(
                Code.NOT_AUTHORIZED, "not authorized: EXPLAIN of PRAGMA database_list would show files of the server");
    }

    static DatabaseException vacuum() {
        return new DatabaseException(
                Code.NOT_AUTHORIZED,
                "not authorized: VACUUM would send the whole database through the log and is not supported");
    }

    static DatabaseException timeout(QuerySettings settings) {
        return new DatabaseException(
                Code.STATEMENT_TIMEOUT,
                "the statement ran longer than " + settings.statementTime().toMillis() + " ms and was interrupted");
    }

    static DatabaseException stopping() {
        return new DatabaseException(
                Code.UNAVAILABLE, "this node is stopping and the statement was interrupted; try again");
    }

    static DatabaseException transactionTimeout() {
        return new DatabaseException(Code.TRANSACTION_TIMEOUT, "Transaction timed out");
    }

    static DatabaseException tooManyWriters() {
        return new DatabaseException(Code.TRANSACTION_BUSY, "Server cannot handle additional transactions");
    }

    /// The file is being closed: for good, or to be opened again.
    static DatabaseException closed(DatabaseFile file) {
        var ending = file.ending();
        return ending != null
                ? ending
                : new DatabaseException(
                        Code.UNAVAILABLE, "database " + file.id() + " is being closed on this node; try again");
    }

    static DatabaseException noRoom(DatabaseFile file) {
        return new DatabaseException(
                Code.OVERLOADED,
                "this node has no room for another connection to database " + file.id()
                        + " (the limit on open files); try again");
    }

    /// The file takes no write.
    static DatabaseException notWritable(DatabaseFile file) {
        var ending = file.ending();
        return ending != null ? ending : notLeader(file.id());
    }

    static DatabaseException notLeader(Object database) {
        return new DatabaseException(
                Code.NOT_LEADER, "database " + database + " takes writes on another node at the moment");
    }

    /// The same for one more who hears of it.
    static DatabaseException again(DatabaseException why) {
        return new DatabaseException(why.code(), why.sqliteCode(), String.valueOf(why.getMessage()), why);
    }

    static DatabaseException sessionClosed() {
        return new DatabaseException(Code.UNAVAILABLE, "the session is closed");
    }

    static DatabaseException internal(Throwable e) {
        return new DatabaseException(Code.INTERNAL, "a result could not be taken: " + e.getMessage(), e);
    }

    /// Why a commit did not happen, or may not have.
    static DatabaseException commit(AppendOutcome outcome, DatabaseFile file) {
        return switch (outcome) {
            case AppendOutcome.Committed committed ->
                throw new IllegalArgumentException("a commit at " + committed.index() + " is no failure");
            case AppendOutcome.Refused refused -> {
                var ending = file.ending();
                yield ending != null ? ending : new DatabaseException(code(refused.reason()), refused.message());
            }
            case AppendOutcome.Unknown unknown -> new DatabaseException(Code.OUTCOME_UNKNOWN, unknown.message());
        };
    }

    private static Code code(AppendOutcome.Reason reason) {
        return switch (reason) {
            case NOT_LEADER -> Code.NOT_LEADER;
            case OVERLOADED -> Code.OVERLOADED;
            case TOO_LARGE -> Code.TRANSACTION_TOO_LARGE;
            case DISK_FULL -> Code.DISK_FULL;
            case STOPPED -> Code.UNAVAILABLE;
        };
    }
}
