package io.skerry.engine.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements that a client sent at once, each with a condition on those before it. A failing step does not
/// stop the program; only conditions decide.
public record Program(List<Step> steps) {

    /// @param condition null if the step always runs
    public record Step(@Nullable Condition condition, Sql sql) {}

    public static Program of(Sql sql) {
        return new Program(List.of(new Step(null, sql)));
    }
}
