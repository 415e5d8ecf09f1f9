package io.skerry.engine;

/// The catalogue of what can go wrong with a database, from where it happens to the wire. Protocol modules map
/// it, nobody parses messages.
public enum Code {
    /// SQLite refused the statement: [DatabaseException#sqliteCode] says how.
    SQLITE,
    SQL_PARSE_ERROR,
    SQL_INPUT_ERROR,
    SQL_NO_STATEMENT,
    SQL_MANY_STATEMENTS,
    ARGS_INVALID,
    ARGS_BOTH_POSITIONAL_AND_NAMED,
    /// The transaction held the write lock longer than its limit while another waited, and was rolled back.
    TRANSACTION_TIMEOUT,
    /// Too many wait for the write lock of this database.
    TRANSACTION_BUSY,
    /// A statement ran longer than its limit.
    STATEMENT_TIMEOUT,
    RESPONSE_TOO_LARGE,
    /// A text in a result is not valid UTF-8, so the protocol cannot carry it.
    TEXT_NOT_UTF8,
    /// The statement is not allowed here: SQL policy or a read-only token.
    NOT_AUTHORIZED,
    /// The token's permissions do not include what the statement does.
    PERMISSION_DENIED,
    BLOCKED,
    /// What let the session in counts no more: the key of its token was rotated, or its database is gone.
    ACCESS_ENDED,
    /// The group of the database was taken out of use while the request ran.
    GROUP_ARCHIVED,
    /// A database may not be attached: the token does not allow it, or the database does not.
    ATTACH_FORBIDDEN,
    /// A database that was attached is not any more: it was deleted, or may not be attached now.
    ATTACHMENT_ENDED,
    /// Writes are taken by another node.
    NOT_LEADER,
    OVERLOADED,
    TRANSACTION_TOO_LARGE,
    DISK_FULL,
    /// The commit may or may not have happened: read before trying again.
    OUTCOME_UNKNOWN,
    /// The database or its group is stopped here (damaged log, failed disk, shutting down); the message names
    /// the way out.
    UNAVAILABLE,
    NO_SUCH_DATABASE,
    LOG_DAMAGED,
    INTERNAL
}
