package io.skerry.sqlite;

import org.jspecify.annotations.Nullable;

/// Decides what a statement may do. Asked while it is prepared, and for some actions only while it runs
/// (VACUUM, `pragma_…` table functions), so it must stay set. It must not use the connection. If it throws,
/// the statement fails as if it had answered DENY and the exception is the cause of the statement's.
@FunctionalInterface
public interface Authorizer {

    /// What the arguments mean depends on the action: see [Action].
    ///
    /// @param schema `main`, `temp` or the name of an attached database, if the action is about one
    /// @param trigger the innermost trigger or view that wants it; null if the statement itself does
    Decision authorize(
            Action action,
            @Nullable String first,
            @Nullable String second,
            @Nullable String schema,
            @Nullable String trigger);

    /// The order is SQLite's: OK, DENY, IGNORE.
    enum Decision {
        ALLOW,
        /// The statement fails with SQLITE_AUTH.
        DENY,
        /// A column reads as NULL, any other action is skipped silently.
        IGNORE
    }
}
