package io.skerry.engine.query;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the names in one version of a schema mean. SQLite's authorizer is told names only.
final class SchemaNames {

    enum Kind {
        TABLE,
        VIEW,
        /// Made by a module, which keeps its content in shadow tables.
        VIRTUAL,
        /// Of a virtual table: `docs_data` of `docs`.
        SHADOW
    }

    /// Before they were read: whatever is named may be a table.
    static final SchemaNames UNKNOWN = new SchemaNames(-1);

    private final long version;
    private final Map<String, Kind> tables = new HashMap<>();
    private final Set<String> triggers = new HashSet<>();

    private SchemaNames(long version) {
        this.version = version;
    }

    /// Reads them. SQLite connects every virtual table on the way, so that this does not happen while a
    /// statement is being checked.
    ///
    /// @param version what `PRAGMA schema_version` says now
    static SchemaNames read(Connection connection, long version) {
        var names = new SchemaNames(version);
        try (var statement = connection.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main'")) {
            while (statement.step()) {
                names.tables.put(Permissions.fold(text(statement, 0)), kind(text(statement, 1)));
            }
        }
        try (var statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")) {
            while (statement.step()) {
                names.triggers.add(Permissions.fold(text(statement, 0)));
            }
        }
        return names;
    }

    private static String text(Statement statement, int column) {
        return String.valueOf(statement.columnText(column));
    }

    private static Kind kind(String type) {
        return switch (type) {
            case "view" -> Kind.VIEW;
            case "virtual" -> Kind.VIRTUAL;
            case "shadow" -> Kind.SHADOW;
            default -> Kind.TABLE;
        };
    }

    /// The cookie of the schema; while it is the same, so are the names.
    long version() {
        return version;
    }

    /// @return null for what is no table of the schema: a common table expression, a table-valued
    ///     function
    @Nullable
    Kind kindOf(String table) {
        return this == UNKNOWN ? Kind.TABLE : tables.get(table);
    }

    /// The virtual table that a shadow table belongs to. SQLite's rule: all before the last underscore.
    static String ownerOf(String shadow) {
        return shadow.substring(0, shadow.lastIndexOf('_'));
    }

    /// Whether the name is that of a trigger and of nothing else.
    boolean isTrigger(String name) {
        return triggers.contains(name) && !tables.containsKey(name);
    }
}
