package io.skerry.engine.file;

import io.skerry.engine.query.SqlLimits;
import io.skerry.engine.query.SqlPolicy;
import io.skerry.sqlite.Action;
import io.skerry.sqlite.Authorizer;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Finds the virtual tables of a schema whose modules SQL from outside may not use. SQLite itself reads
/// the text, in an empty database: it would take `CREATE/**/VIRTUAL` for what it is. One thread at a
/// time.
final class VirtualTables implements Authorizer, AutoCloseable {

    private final Connection scratch = Connection.openInMemory();
    private final SqlPolicy policy = new SqlPolicy();

    /// @param sqlBytes of one text
    VirtualTables(int sqlBytes) {
        SqlLimits.set(scratch, sqlBytes, sqlBytes);
        scratch.authorizer(this);
    }

    /// @param sql of an object in the schema; null for one that has none
    /// @return why it may not be there; null if it may, or is no virtual table
    @Nullable
    String refusal(@Nullable String sql) {
        if (sql == null) {
            return null;
        }
        policy.reset();
        byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
        try {
            // Only prepared, so nothing is created; and only the first statement, as SQLite reads a
            // schema.
            Statement create = scratch.prepare(utf8, 0, utf8.length, false).statement();
            if (create != null) {
                create.close();
            }
        } catch (SqliteException e) {
            // It was refused below, or is no statement that stands alone, as that of an index. What is
            // wrong with it in its own schema, whoever opens the file is told.
        }
        return policy.refusal();
    }

    @Override
    public Decision authorize(
            Action action,
            @Nullable String first,
            @Nullable String second,
            @Nullable String schema,
            @Nullable String trigger) {
        return action == Action.CREATE_VTABLE
                ? policy.authorize(action, first, second, schema, trigger)
                : Decision.ALLOW;
    }

    @Override
    public void close() {
        scratch.close();
    }
}
