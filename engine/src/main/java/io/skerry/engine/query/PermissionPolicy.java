package io.skerry.engine.query;

import io.skerry.engine.query.SchemaNames.Kind;
import io.skerry.sqlite.Action;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a statement may do under the permissions of a token, beyond what [SqlPolicy] lets anybody do.
///
/// What views read and what foreign keys do counts as done by the statement; what triggers do, as done
/// by who made them. So making a trigger needs all rights to all data, and a view, which shows the
/// tables under it to those who may read them anyway, the right to read it all: a view's text may look
/// like a trigger's (see [#isOfTrigger]).
final class PermissionPolicy {

    private static final Set<Permission> DATA =
            Set.of(Permission.DATA_READ, Permission.DATA_ADD, Permission.DATA_UPDATE, Permission.DATA_DELETE);
    /// Readable by everybody. Not among them: sqlite_stat4, which holds values out of the tables.
    private static final Set<String> SYSTEM_READABLE = Set.of(
            "sqlite_master",
            "sqlite_schema",
            "sqlite_temp_master",
            "sqlite_temp_schema",
            "sqlite_sequence",
            "sqlite_stat1");

    private static final Set<String> PRAGMAS_OF_ALL_DATA =
            Set.of("foreign_key_check", "integrity_check", "quick_check");
    /// The keyword REPLACE, if it can be one: before a parenthesis it is a function.
    private static final Pattern REPLACES =
            Pattern.compile("replace(?![A-Za-z0-9_$\\x80-\\uffff])(?!\\s*\\()", Pattern.CASE_INSENSITIVE);

    private static final Pattern WITH = Pattern.compile("with(?![A-Za-z0-9_$\\x80-\\uffff])", Pattern.CASE_INSENSITIVE);

    private final Permissions permissions;
    private final String sql;
    private final SchemaNames names;
    private final boolean runs;
    private final boolean replaces;
    /// The table whose schema the statement changes; what SQLite does with its rows meanwhile is part
    /// of that.
    private @Nullable String altered;

    /// @param sql the text of the statement
    /// @param names of the schema that the statement sees
    /// @param runs whether it was accepted for this schema and runs now: what is prepared meanwhile are
    ///     statements of SQLite and its virtual tables
    PermissionPolicy(Permissions permissions, String sql, SchemaNames names, boolean runs) {
        this.permissions = permissions;
        this.sql = sql;
        this.names = names;
        this.runs = runs;
        this.replaces = REPLACES.matcher(sql).find();
    }

    /// Arguments as for an [io.skerry.sqlite.Authorizer].
    ///
    /// @return null if it may; else what the token lacks
    @Nullable
    String lacks(Action action, @Nullable String first, @Nullable String second, @Nullable String trigger) {
        return switch (action) {
            case READ -> isOfTrigger(trigger) ? null : read(fold(first));
            case INSERT -> write(Permission.DATA_ADD, fold(first), trigger);
            case UPDATE -> write(Permission.DATA_UPDATE, fold(first), trigger);
            case DELETE -> write(Permission.DATA_DELETE, fold(first), trigger);
            case CREATE_TABLE -> alter(Permission.SCHEMA_ADD, fold(first));
            case CREATE_INDEX -> alter(Permission.SCHEMA_ADD, fold(second));
            case CREATE_VIEW -> first(everywhere(Permission.DATA_READ), alter(Permission.SCHEMA_ADD, fold(first)));
            case CREATE_TRIGGER -> first(allData(), alter(Permission.SCHEMA_ADD, fold(second)));
            case DROP_TABLE, DROP_VIEW -> alter(Permission.SCHEMA_DELETE, fold(first));
            case DROP_INDEX, DROP_TRIGGER -> alter(Permission.SCHEMA_DELETE, fold(second));
            case ALTER_TABLE -> alter(Permission.SCHEMA_UPDATE, fold(second));
            // The table has the rights of its new name from then on.
            case FUNCTION -> fold(second).equals("sqlite_rename_table") ? allData() : null;
            case ANALYZE, REINDEX -> altered == null ? everywhere(Permission.SCHEMA_UPDATE) : null;
            case CREATE_VTABLE, DROP_VTABLE -> virtual(fold(first));
            case PRAGMA -> pragma(fold(first), second);
            case SELECT, RECURSIVE, TRANSACTION, SAVEPOINT -> null;
            // Refused to everybody.
            case ATTACH, DETACH, COPY -> null;
            case CREATE_TEMP_INDEX, CREATE_TEMP_TABLE, CREATE_TEMP_TRIGGER, CREATE_TEMP_VIEW -> null;
            case DROP_TEMP_INDEX, DROP_TEMP_TABLE, DROP_TEMP_TRIGGER, DROP_TEMP_VIEW -> null;
        };
    }

    private @Nullable String read(String table) {
        if (table.equals(altered)
                || (isSystem(table) && (runs || altered != null || SYSTEM_READABLE.contains(table)))) {
            return null;
        }
        var kind = names.kindOf(table);
        if (kind == null) {
            return null; // a table-valued function, or a name that the statement itself made
        }
        if (kind == Kind.SHADOW) {
            return runs ? null : on(Permission.DATA_READ, SchemaNames.ownerOf(table));
        }
        return on(Permission.DATA_READ, table);
    }

    private @Nullable String write(Permission permission, String table, @Nullable String trigger) {
        // SQLite itself keeps everybody from writing to the schema and to shadow tables directly
        // (DEFENSIVE).
        if (table.equals(altered) || isSchema(table) || names.kindOf(table) == Kind.SHADOW) {
            return null;
        }
        if (isSystem(table) && !permissions.allow(permission, table)) {
            return altered == null ? everywhere(Permission.SCHEMA_UPDATE) : null; // ANALYZE writes before it asks
        }
        var replaced = replaces ? on(Permission.DATA_DELETE, table) : null;
        if (isOfTrigger(trigger)) {
            return replaced; // OR REPLACE is handed down to what triggers insert
        }
        if (names.kindOf(table) == Kind.VIRTUAL) {
            // Commands to the module, such as FTS5's 'delete-all', come as INSERT.
            return first(
                    on(Permission.DATA_ADD, table),
                    on(Permission.DATA_UPDATE, table),
                    on(Permission.DATA_DELETE, table));
        }
        return first(on(permission, table), replaced);
    }

    private @Nullable String alter(Permission permission, String table) {
        if (isSystem(table)) {
            return null; // made by SQLite on the way; nobody else can
        }
        var kind = names.kindOf(table);
        if (kind == Kind.VIRTUAL || kind == Kind.SHADOW) {
            return virtual(table);
        }
        var missing = on(permission, table);
        if (missing == null) {
            altered = table;
        }
        return missing;
    }

    private @Nullable String pragma(String name, @Nullable String argument) {
        if (name.equals("user_version") && argument != null) {
            return everywhere(Permission.SCHEMA_UPDATE);
        }
        // How ALTER TABLE sees whether the rows there are fit a new constraint.
        var ofChange = name.equals("quick_check") && permissions.allow(Permission.SCHEMA_UPDATE, fold(argument));
        return PRAGMAS_OF_ALL_DATA.contains(name) && !ofChange ? everywhere(Permission.DATA_READ) : null;
    }

    /// Whether it is a trigger that wants it. SQLite says the innermost trigger, view or common table
    /// expression, and the last has any name that a statement gives it: so a name that the statement
    /// might have made does not count.
    private boolean isOfTrigger(@Nullable String context) {
        return context != null && names.isTrigger(fold(context)) && !mayDefine(context);
    }

    /// Looks at characters, not at tokens: nothing must depend on reading them exactly as SQLite does.
    private boolean mayDefine(String name) {
        if (!WITH.matcher(sql).find()) {
            return false;
        }
        var quoted = name.indexOf('"') >= 0 || name.indexOf('`') >= 0 || name.indexOf('\'') >= 0;
        return quoted || fold(sql).contains(fold(name));
    }

    private @Nullable String on(Permission permission, String table) {
        return permissions.allow(permission, table) ? null : permission.text() + " on table " + table;
    }

    private @Nullable String everywhere(Permission permission) {
        return permissions.allowEverywhere(permission) ? null : permission.text() + " on all tables";
    }

    private @Nullable String allData() {
        for (var permission : DATA) {
            if (!permissions.allowEverywhere(permission)) {
                return "data_read, data_add, data_update and data_delete on all tables";
            }
        }
        return null;
    }

    private static String virtual(String table) {
        return "all permissions on all tables, which a change to the virtual table " + table + " needs";
    }

    private static @Nullable String first(@Nullable String... missing) {
        for (var one : missing) {
            if (one != null) {
                return one;
            }
        }
        return null;
    }

    private static boolean isSystem(String table) {
        return table.startsWith("sqlite_");
    }

    private static boolean isSchema(String table) {
        return table.equals("sqlite_master") || table.equals("sqlite_temp_master");
    }

    private static String fold(@Nullable String name) {
        return name == null ? "" : Permissions.fold(name);
    }
}
