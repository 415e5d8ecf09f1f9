package io.skerry.engine.query;

import java.util.List;

/// One statement with its arguments. Positional arguments bind parameter 1, 2, …; a named one binds the
/// parameter of that name, with or without its prefix (`:`, `@`, `$`). Both at once is an error of the
/// statement, found when it runs.
///
/// @param wantRows false if the caller does not read the rows: they are computed but not handed to the sink
public record Sql(String text, List<Value> args, List<NamedArg> namedArgs, boolean wantRows) {

    public record NamedArg(String name, Value value) {}

    public static Sql of(String text, Value... args) {
        return new Sql(text, List.of(args), List.of(), true);
    }
}
