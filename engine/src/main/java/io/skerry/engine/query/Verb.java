package io.skerry.engine.query;

/// What a statement does, as far as its words tell. It decides where a statement is offered first; whether it
/// may run there, SQLite decides ([PreparedSql]).
enum Verb {
    BEGIN_DEFERRED,
    /// `BEGIN READONLY`, a word of libSQL: deferred, and refuses writes.
    BEGIN_READONLY,
    /// `BEGIN IMMEDIATE` and `BEGIN EXCLUSIVE`.
    BEGIN_IMMEDIATE,
    /// `COMMIT` and `END`.
    COMMIT,
    ROLLBACK,
    SAVEPOINT,
    /// `RELEASE` and `ROLLBACK TO`.
    RELEASE,
    /// `SELECT` and `VALUES`, also behind `WITH`.
    SELECT,
    /// `EXPLAIN`, `EXPLAIN QUERY PLAN` of anything.
    EXPLAIN,
    /// `INSERT` and `REPLACE`, also behind `WITH`, as the next two.
    INSERT,
    UPDATE,
    DELETE,
    /// `CREATE`, `DROP`, `ALTER`, `REINDEX`, `ANALYZE`.
    SCHEMA,
    PRAGMA,
    VACUUM,
    ATTACH,
    DETACH,
    /// What SQLite does not know.
    OTHER;

    boolean begins() {
        return this == BEGIN_DEFERRED || this == BEGIN_READONLY || this == BEGIN_IMMEDIATE;
    }

    /// Opens, ends or divides a transaction.
    boolean controls() {
        return compareTo(RELEASE) <= 0;
    }

    /// May run inside somebody else's transaction, within a savepoint.
    boolean groups() {
        return compareTo(SELECT) >= 0 && compareTo(SCHEMA) <= 0;
    }

    /// Worth offering to a reader first.
    boolean mayRead() {
        return this == SELECT || this == EXPLAIN || this == PRAGMA;
    }

    /// Run by the engine itself, see [Attachments].
    boolean attaches() {
        return this == ATTACH || this == DETACH;
    }

    boolean changesRows() {
        return this == INSERT || this == UPDATE || this == DELETE;
    }
}
