package io.skerry.engine.query;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import org.jspecify.annotations.Nullable;

/// The names of the schema that a connection sees. Used under the rules of the connection.
final class VisibleNames {

    private final Connection connection;
    private @Nullable Statement version;
    private @Nullable SchemaNames names;

    VisibleNames(Connection connection) {
        this.connection = connection;
    }

    /// As of the last [#learn]; null if there was none, or the names were forgotten.
    @Nullable
    SchemaNames learnt() {
        return names;
    }

    /// Reads them if they are not those of the present version. Takes the snapshot of an open
    /// transaction.
    ///
    /// @throws io.skerry.sqlite.SqliteException if they cannot be read
    SchemaNames learn() {
        var present = version();
        var known = names;
        if (known == null || known.version() != present) {
            known = SchemaNames.read(connection, present);
            names = known;
        }
        return known;
    }

    void forget() {
        names = null;
    }

    private long version() {
        var statement = version;
        if (statement == null) {
            statement = connection.prepare("PRAGMA schema_version");
            version = statement;
        }
        try {
            statement.step();
            return statement.columnLong(0);
        } finally {
            statement.reset();
        }
    }
}
