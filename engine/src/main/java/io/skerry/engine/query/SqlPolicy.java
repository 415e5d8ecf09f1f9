package io.skerry.engine.query;

import io.skerry.sqlite.Action;
import io.skerry.sqlite.Authorizer;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What SQL from outside may do, asked by SQLite while it prepares a statement and while it runs. Whatever is not
/// listed is refused.
///
/// The dangers, and what stands against each: a commit that does not pass the log (the table of [Pragmas]); other
/// files (ATTACH, VACUUM INTO, load_extension); pages written or read past the b-tree (sqlite_dbpage, dbstat);
/// what only one connection of a shared pool would see (temporary objects).
public final class SqlPolicy implements Authorizer {

    private static final Set<String> TABLES_REFUSED = Set.of(
            "sqlite_dbpage",
            "sqlite_dbptr",
            "sqlite_dbdata",
            "dbstat",
            "sqlite_stmt",
            "sqlite_memstat",
            "bytecode",
            "tables_used");
    /// Those that SQLite was built with, and not all of them.
    static final Set<String> MODULES = Set.of("fts5", "fts5vocab", "rtree", "rtree_i32", "geopoly");
    private static final Set<String> FUNCTIONS_REFUSED =
            Set.of("load_extension", "sqlite_log", "fts3_tokenizer", "readfile", "writefile", "edit");
    private static final Set<String> FUNCTIONS_OF_SESSION = Set.of("last_insert_rowid", "changes", "total_changes");
    /// Their time is the product of the lengths of two values, and they look rarely whether they are interrupted.
    /// Of those of JSON, `->` and `->>` follow one path only: they take the length of one value.
    private static final Set<String> FUNCTIONS_HELD = Set.of(
            "instr",
            "replace",
            "trim",
            "ltrim",
            "rtrim",
            "unhex",
            "like",
            "glob",
            "geopoly_overlap",
            "geopoly_within",
            "json_patch",
            "jsonb_patch",
            "json_pretty",
            "json_extract",
            "jsonb_extract",
            "json_set",
            "jsonb_set",
            "json_insert",
            "jsonb_insert",
            "json_array_insert",
            "jsonb_array_insert",
            "json_replace",
            "jsonb_replace",
            "json_remove",
            "jsonb_remove");

    /// Its column `file` has paths of this machine.
    private static final String FILES = "database_list";

    private static final Set<String> PRAGMAS_OF_SESSION = Set.of("foreign_keys", "defer_foreign_keys");

    private boolean trusted;
    private boolean session;
    private boolean held;
    private boolean carried;
    private boolean showsFiles;
    private @Nullable String refusal;
    private @Nullable PermissionPolicy permissions;
    private @Nullable String missing;

    /// Begins to look at another statement.
    public void reset() {
        reset(null);
    }

    /// @param narrower what the statement may do of that; null for all of it
    void reset(@Nullable PermissionPolicy narrower) {
        session = false;
        held = false;
        carried = false;
        showsFiles = false;
        refusal = null;
        permissions = narrower;
        missing = null;
    }

    /// Whether the statement means the session's own connection: the rowid it inserted, its settings.
    boolean meansSession() {
        return session;
    }

    /// From now on a function for which [#mayBeHeld] holds is refused: what runs keeps a carrier, and SQLite
    /// asks again in mid-run only if the schema has changed.
    void carried() {
        carried = true;
    }

    /// Whether the statement calls a function that may run for long and looks rarely whether it is interrupted.
    boolean mayBeHeld() {
        return held;
    }

    /// Whether the statement is the PRAGMA that lists databases with their files, which nothing here can keep from
    /// being shown: [#FILES_HIDDEN] is to be run in its place.
    boolean showsFiles() {
        return showsFiles;
    }

    /// The same list, of which the files read as of a database in memory.
    static final String FILES_HIDDEN = "SELECT seq, name, coalesce(file, '') AS file FROM pragma_database_list";

    /// Why something was refused since [#reset]; null if nothing was.
    public @Nullable String refusal() {
        return refusal;
    }

    /// What the token lacked since [#reset], if that is why something was refused; null if it lacked
    /// nothing.
    @Nullable
    String missing() {
        return missing;
    }

    /// Refuses nothing from now on: the statements are the platform's own.
    void trust(boolean on) {
        trusted = on;
    }

    @Override
    public Decision authorize(
            Action action,
            @Nullable String first,
            @Nullable String second,
            @Nullable String schema,
            @Nullable String trigger) {
        if (trusted) {
            return Decision.ALLOW;
        }
        var decision = anybody(action, first, second, schema);
        if (action == Action.READ && isFile(first, second)) {
            return Decision.IGNORE;
        }
        var narrower = permissions;
        if (narrower == null || decision != Decision.ALLOW) {
            return decision;
        }
        var lacking = narrower.lacks(action, first, second, trigger);
        if (lacking == null) {
            return Decision.ALLOW;
        }
        missing = missing == null ? lacking : missing;
        return Decision.DENY;
    }

    private Decision anybody(Action action, @Nullable String first, @Nullable String second, @Nullable String schema) {
        return switch (action) {
            case SELECT, RECURSIVE, TRANSACTION, SAVEPOINT, ANALYZE, REINDEX, ALTER_TABLE -> Decision.ALLOW;
            case CREATE_INDEX, CREATE_TABLE, CREATE_TRIGGER, CREATE_VIEW ->
                isTemp(schema) ? temporary() : Decision.ALLOW;
            case DROP_INDEX, DROP_TABLE, DROP_TRIGGER, DROP_VIEW, DROP_VTABLE -> Decision.ALLOW;
            // Renaming a table looks for it in the temporary schema with an UPDATE.
            case INSERT -> isTemp(schema) ? temporary() : table(lower(first));
            case READ, UPDATE, DELETE -> table(lower(first));
            case CREATE_VTABLE -> module(lower(second));
            case FUNCTION -> function(lower(second));
            case PRAGMA -> pragma(lower(first), second);
            case CREATE_TEMP_INDEX, CREATE_TEMP_TABLE, CREATE_TEMP_TRIGGER, CREATE_TEMP_VIEW -> temporary();
            case DROP_TEMP_INDEX, DROP_TEMP_TABLE, DROP_TEMP_TRIGGER, DROP_TEMP_VIEW -> temporary();
            case ATTACH, DETACH -> refuse("other databases cannot be attached or detached");
            case COPY -> refuse("COPY is not supported");
        };
    }

    private Decision table(String name) {
        if (TABLES_REFUSED.contains(name)) {
            return refuse("table " + name + " is not accessible");
        }
        if (name.startsWith("pragma_") && Pragmas.rule(name.substring(7)) == Pragmas.Rule.REFUSED) {
            return refuse("table function " + name + " is not allowed");
        }
        return Decision.ALLOW;
    }

    private static boolean isFile(@Nullable String table, @Nullable String column) {
        return lower(table).equals("pragma_" + FILES) && lower(column).equals("file");
    }

    private Decision module(String name) {
        return MODULES.contains(name) ? Decision.ALLOW : refuse("virtual table module " + name + " is not allowed");
    }

    private Decision function(String name) {
        if (FUNCTIONS_REFUSED.contains(name)) {
            return refuse("function " + name + " is not allowed");
        }
        session |= FUNCTIONS_OF_SESSION.contains(name);
        held |= FUNCTIONS_HELD.contains(name);
        return carried && held ? Decision.DENY : Decision.ALLOW;
    }

    private Decision pragma(String name, @Nullable String argument) {
        session |= PRAGMAS_OF_SESSION.contains(name);
        showsFiles |= name.equals(FILES);
        if (Pragmas.allowed(name, argument != null)) {
            return Decision.ALLOW;
        }
        return refuse(
                Pragmas.rule(name) == Pragmas.Rule.QUERY_ONLY
                        ? "PRAGMA " + name + " can be read but not set"
                        : "PRAGMA " + name + " is not allowed");
    }

    private static boolean isTemp(@Nullable String schema) {
        return "temp".equalsIgnoreCase(schema);
    }

    private Decision temporary() {
        return refuse("temporary objects are not supported");
    }

    private Decision refuse(String why) {
        refusal = why;
        return Decision.DENY;
    }

    private static String lower(@Nullable String name) {
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }
}
