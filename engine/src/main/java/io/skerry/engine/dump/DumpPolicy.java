package io.skerry.engine.dump;

import io.skerry.engine.query.SqlPolicy;
import io.skerry.sqlite.Action;
import io.skerry.sqlite.Authorizer;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the statements of a dump may do: what SQL from outside may ([SqlPolicy]), but within the one
/// transaction that the dump begins and commits, and with no other PRAGMA than those of a dump.
final class DumpPolicy implements Authorizer {

    private static final Set<String> OFF = Set.of("off", "0", "false", "no");
    /// What FTS5 and R-Tree look at when they are made and written.
    private static final Set<String> OF_VIRTUAL_TABLES = Set.of("data_version", "page_size");

    /// Where the dump is.
    private enum State {
        BEFORE,
        WITHIN,
        AFTER
    }

    private final SqlPolicy sql = new SqlPolicy();
    private State state = State.BEFORE;
    private State next = State.BEFORE;
    private boolean settings;
    private @Nullable String refusal;

    /// Begins to look at another statement.
    void reset() {
        sql.reset();
        refusal = null;
        settings = false;
        next = state;
    }

    /// Why something was refused since [#reset]; null if nothing was.
    @Nullable
    String refusal() {
        return refusal == null ? sql.refusal() : refusal;
    }

    /// What is wrong with running the statement that was prepared since [#reset] now; null if nothing
    /// is.
    @Nullable
    String misplaced() {
        if (settings || state == State.WITHIN || next == State.WITHIN) {
            return null;
        }
        return state == State.BEFORE
                ? "the dump does not open a transaction: BEGIN TRANSACTION comes before everything but PRAGMA"
                : "nothing but PRAGMA may follow COMMIT";
    }

    /// The statement ran.
    void done() {
        state = next;
    }

    /// Whether the transaction of the dump is open, if what began and ended it was run.
    boolean within() {
        return state == State.WITHIN;
    }

    boolean committed() {
        return state == State.AFTER;
    }

    @Override
    public Decision authorize(
            Action action,
            @Nullable String first,
            @Nullable String second,
            @Nullable String schema,
            @Nullable String trigger) {
        return switch (action) {
            case TRANSACTION -> transaction(lower(first));
            case SAVEPOINT -> refuse("SAVEPOINT and RELEASE are no part of a dump");
            case PRAGMA -> pragma(lower(first), lower(second));
            default -> sql.authorize(action, first, second, schema, trigger);
        };
    }

    private Decision transaction(String verb) {
        if (verb.equals("begin") && state == State.BEFORE) {
            next = State.WITHIN;
        } else if (verb.equals("commit") && state == State.WITHIN) {
            next = State.AFTER;
        } else if (verb.equals("rollback")) {
            return refuse("a dump that ends with ROLLBACK is not complete");
        } else {
            return refuse("a dump has one transaction: one BEGIN and one COMMIT");
        }
        return Decision.ALLOW;
    }

    private Decision pragma(String name, String argument) {
        if (name.equals("foreign_keys") || (name.equals("writable_schema") && OFF.contains(argument))) {
            settings = true;
            return Decision.ALLOW;
        }
        if (argument.isEmpty() && OF_VIRTUAL_TABLES.contains(name)) {
            return Decision.ALLOW;
        }
        return refuse(
                name.equals("writable_schema")
                        ? "virtual tables cannot be loaded from a dump: PRAGMA writable_schema=ON is refused"
                        : "PRAGMA " + name + " is not allowed in a dump");
    }

    private Decision refuse(String why) {
        refusal = why;
        return Decision.DENY;
    }

    private static String lower(@Nullable String name) {
        return name == null ? "" : name.toLowerCase(Locale.ROOT);
    }
}
