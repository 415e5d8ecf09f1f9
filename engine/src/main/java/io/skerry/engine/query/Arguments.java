package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives a statement its arguments: exactly those that it has parameters for.
final class Arguments {

    static final String BOTH = "Specifying both positional and named arguments is not supported";

    private static final int LARGE = 4_096;

    private Arguments() {}

    /// @throws DatabaseException ARGS_BOTH_POSITIONAL_AND_NAMED
    static void checkKind(Sql sql) {
        if (!sql.args().isEmpty() && !sql.namedArgs().isEmpty()) {
            throw new DatabaseException(Code.ARGS_BOTH_POSITIONAL_AND_NAMED, BOTH);
        }
    }

    /// @throws DatabaseException ARGS_INVALID, ARGS_BOTH_POSITIONAL_AND_NAMED
    static void bind(PreparedSql prepared, Sql sql) {
        checkKind(sql);
        if (sql.namedArgs().isEmpty()) {
            positional(prepared, sql.args());
        } else {
            named(prepared, sql.namedArgs());
        }
    }

    /// Whether the values are worth forgetting once the statement ran: a kept statement keeps them.
    static boolean large(Sql sql) {
        for (var value : sql.args()) {
            if (large(value)) {
                return true;
            }
        }
        for (var arg : sql.namedArgs()) {
            if (large(arg.value())) {
                return true;
            }
        }
        return false;
    }

    private static boolean large(Value value) {
        return switch (value) {
            case Value.Text text -> text.value().length() > LARGE;
            case Value.Blob blob -> blob.value().length > LARGE;
            case Value.Null nothing -> false;
            case Value.Int integer -> false;
            case Value.Real real -> false;
        };
    }

    private static void positional(PreparedSql prepared, List<Value> args) {
        var given = args.size();
        if (given > prepared.parameters() || (given < prepared.parameters() && prepared.verb() != Verb.EXPLAIN)) {
            throw invalid(
                    "the statement has " + prepared.parameters() + " parameters, " + given + " arguments were given");
        }
        var statement = prepared.statement();
        if (given < prepared.parameters()) {
            statement.clearBindings();
        }
        for (var i = 0; i < given; i++) {
            bind(statement, i + 1, args.get(i));
        }
    }

    private static void named(PreparedSql prepared, List<Sql.NamedArg> args) {
        var names = prepared.parameterNames();
        var bound = new boolean[names.size()];
        for (var arg : args) {
            var parameter = find(names, arg.name());
            if (parameter < 0) {
                throw invalid("the statement has no parameter " + arg.name());
            }
            bound[parameter] = true;
            bind(prepared.statement(), parameter + 1, arg.value());
        }
        for (var i = 0; i < bound.length; i++) {
            if (!bound[i]) {
                var name = names.get(i);
                if (prepared.verb() != Verb.EXPLAIN) {
                    throw invalid("value for parameter " + (name == null ? i + 1 : name) + " not found");
                }
                prepared.statement().bindNull(i + 1);
            }
        }
    }

    /// The full name first, then without the parameter's prefix.
    private static int find(List<@Nullable String> names, String name) {
        var full = names.indexOf(name);
        if (full >= 0) {
            return full;
        }
        for (var i = 0; i < names.size(); i++) {
            var candidate = names.get(i);
            if (candidate != null
                    && candidate.length() == name.length() + 1
                    && candidate.charAt(0) != '?'
                    && candidate.startsWith(name, 1)) {
                return i;
            }
        }
        return -1;
    }

    private static void bind(Statement statement, int parameter, Value value) {
        switch (value) {
            case Value.Null nothing -> statement.bindNull(parameter);
            case Value.Int integer -> statement.bindLong(parameter, integer.value());
            case Value.Real real -> statement.bindDouble(parameter, real.value());
            case Value.Text text -> statement.bindText(parameter, text.value());
            case Value.Blob blob -> statement.bindBlob(parameter, blob.value());
        }
    }

    private static DatabaseException invalid(String what) {
        return new DatabaseException(Code.ARGS_INVALID, "Arguments do not match SQL parameters: " + what);
    }
}
