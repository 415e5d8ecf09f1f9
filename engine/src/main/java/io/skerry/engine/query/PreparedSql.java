package io.skerry.engine.query;

import io.skerry.engine.query.ResultSink.Column;
import io.skerry.sqlite.Statement;
import io.skerry.sqlite.StatementStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A prepared statement with everything that is asked about it each time it runs.
final class PreparedSql {

    private final Statement statement;
    private final SqlText text;
    private final Permissions permissions;
    private final @Nullable SchemaNames names;
    private final boolean readonly;
    private final boolean meansSession;
    private final int parameters;
    private List<Column> columns;
    private boolean mayBeHeld;
    private boolean longValues;
    private boolean slow;
    private @Nullable List<@Nullable String> parameterNames;

    /// @param permissions under which it was accepted
    /// @param names of the schema that it was accepted for; null if that does not matter
    /// @param policy that has just looked at it
    PreparedSql(
            Statement statement, SqlText text, Permissions permissions, @Nullable SchemaNames names, SqlPolicy policy) {
        this.statement = statement;
        this.text = text;
        this.permissions = permissions;
        this.names = names;
        this.meansSession = policy.meansSession();
        this.mayBeHeld = policy.mayBeHeld();
        // EXPLAIN shows the program of a statement and does not run it.
        this.readonly = statement.readonly() || statement.isExplain();
        this.parameters = statement.parameterCount();
        this.columns = readColumns();
    }

    Statement statement() {
        return statement;
    }

    Verb verb() {
        return text.verb();
    }

    SqlText text() {
        return text;
    }

    /// Under which it was accepted, and must run.
    Permissions permissions() {
        return permissions;
    }

    /// Whether it may run without being looked at again.
    boolean acceptedFor(@Nullable SchemaNames present) {
        return !permissions.limit() || names == present;
    }

    /// See [QueryShape].
    String shape() {
        return text.shape();
    }

    /// Whether the file stays as it is.
    boolean readonly() {
        return readonly;
    }

    /// Whether any connection gives the same answer.
    boolean runsOnReader() {
        return readonly && !meansSession && !text.verb().controls();
    }

    /// Whether it sets or asks what belongs to one session.
    boolean meansSession() {
        return meansSession;
    }

    /// Whether it was long when it ran last, and so most likely will be again, or may keep its thread for
    /// longer than anything can interrupt.
    boolean slow() {
        return slow || longValues;
    }

    void slow(boolean wasLong) {
        slow = wasLong;
    }

    /// Whether it calls a function that cannot be interrupted.
    boolean mayBeHeld() {
        return mayBeHeld;
    }

    /// What it reads calls such a function by now: a view was replaced since it was prepared.
    void callsHeld() {
        mayBeHeld = true;
    }

    /// It was seen to give such a function values that keep it for long.
    void hasLongValues() {
        longValues = true;
    }

    int parameters() {
        return parameters;
    }

    /// Names with prefix; null for a plain `?` and for an index that is not used.
    List<@Nullable String> parameterNames() {
        var names = parameterNames;
        if (names == null) {
            names = new ArrayList<>(parameters);
            for (var i = 1; i <= parameters; i++) {
                names.add(statement.parameterName(i));
            }
            parameterNames = names;
        }
        return names;
    }

    /// The columns as of the last step; SQLite prepares a statement anew when the schema changed.
    List<Column> columns() {
        if (statement.stmtStatus(StatementStatus.REPREPARE, true) != 0) {
            columns = readColumns();
        }
        return columns;
    }

    private List<Column> readColumns() {
        var count = statement.columnCount();
        var list = new ArrayList<Column>(count);
        for (var i = 0; i < count; i++) {
            list.add(new Column(statement.columnName(i), statement.columnDecltype(i)));
        }
        return List.copyOf(list);
    }
}
