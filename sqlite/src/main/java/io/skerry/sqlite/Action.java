package io.skerry.sqlite;

import org.jspecify.annotations.Nullable;

/// What an [Authorizer] is asked about, with its two arguments; in the order of SQLite's codes, which start
/// at 0. Source: <https://www.sqlite.org/c3ref/c_alter_table.html>.
public enum Action {
    /// No longer used by SQLite.
    COPY,
    /// Index, table.
    CREATE_INDEX,
    /// Table.
    CREATE_TABLE,
    /// Index, table.
    CREATE_TEMP_INDEX,
    /// Table.
    CREATE_TEMP_TABLE,
    /// Trigger, table.
    CREATE_TEMP_TRIGGER,
    /// View.
    CREATE_TEMP_VIEW,
    /// Trigger, table.
    CREATE_TRIGGER,
    /// View.
    CREATE_VIEW,
    /// Table.
    DELETE,
    /// Index, table.
    DROP_INDEX,
    /// Table.
    DROP_TABLE,
    /// Index, table.
    DROP_TEMP_INDEX,
    /// Table.
    DROP_TEMP_TABLE,
    /// Trigger, table.
    DROP_TEMP_TRIGGER,
    /// View.
    DROP_TEMP_VIEW,
    /// Trigger, table.
    DROP_TRIGGER,
    /// View.
    DROP_VIEW,
    /// Table.
    INSERT,
    /// Pragma, its argument or null.
    PRAGMA,
    /// Table, column.
    READ,
    /// Nothing.
    SELECT,
    /// BEGIN, COMMIT or ROLLBACK.
    TRANSACTION,
    /// Table, column.
    UPDATE,
    /// File name; empty for the temporary file of VACUUM.
    ATTACH,
    /// Schema.
    DETACH,
    /// Schema, table.
    ALTER_TABLE,
    /// Index.
    REINDEX,
    /// Table.
    ANALYZE,
    /// Table, module.
    CREATE_VTABLE,
    /// Table, module.
    DROP_VTABLE,
    /// Null, function.
    FUNCTION,
    /// BEGIN, RELEASE or ROLLBACK; name.
    SAVEPOINT,
    /// Nothing.
    RECURSIVE;

    private static final Action[] ALL = values();

    /// Null for a code that this list does not know: refuse it.
    static @Nullable Action of(int code) {
        return code >= 0 && code < ALL.length ? ALL[code] : null;
    }
}
