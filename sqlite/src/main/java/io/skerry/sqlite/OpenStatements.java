package io.skerry.sqlite;

import org.jspecify.annotations.Nullable;

/// The statements of one connection that are not closed: a list through the statements themselves, so that one that is
/// closed costs neither a search nor an allocation. Under the claim of the connection.
final class OpenStatements {

    private @Nullable Statement first;

    Statement add(Connection connection, long handle) {
        Statement statement = new Statement(connection, handle);
        statement.next = first;
        if (first != null) {
            first.previous = statement;
        }
        first = statement;
        return statement;
    }

    void remove(Statement statement) {
        if (statement.previous == null) {
            first = statement.next;
        } else {
            statement.previous.next = statement.next;
        }
        if (statement.next != null) {
            statement.next.previous = statement.previous;
        }
        statement.next = null;
        statement.previous = null;
    }

    /// Closes them all.
    ///
    /// @return what the first that failed reported; null if none did
    @Nullable
    SqliteException closeAll() {
        SqliteException failure = null;
        while (first != null) {
            SqliteException next = first.release();
            failure = failure == null ? next : failure;
        }
        return failure;
    }
}
