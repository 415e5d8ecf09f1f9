package io.skerry.engine.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements that a client sent at once, each with a condition on those before it. A failing step does not
/// stop the program; only conditions decide.
public record Program(List<Step> steps) {

    /// How deep conditions may be nested.
    public static final int CONDITION_DEPTH = 100;

    /// @param condition null if the step always runs
    public record Step(@Nullable Condition condition, Sql sql) {}

    /// @throws IllegalArgumentException if a condition names its own or a later step, or is nested deeper than
    ///     [#CONDITION_DEPTH]
    public Program {
        for (var i = 0; i < steps.size(); i++) {
            var condition = steps.get(i).condition();
            if (condition != null) {
                check(condition, i, CONDITION_DEPTH);
            }
        }
    }

    public static Program of(Sql sql) {
        return new Program(List.of(new Step(null, sql)));
    }

    private static void check(Condition condition, int step, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException("Batch condition is nested too deeply");
        }
        switch (condition) {
            case Condition.Ok ok -> reference(ok.step(), step);
            case Condition.Failed failed -> reference(failed.step(), step);
            case Condition.Not not -> check(not.condition(), step, depth - 1);
            case Condition.And and -> and.conditions().forEach(c -> check(c, step, depth - 1));
            case Condition.Or or -> or.conditions().forEach(c -> check(c, step, depth - 1));
            case Condition.IsAutocommit autocommit -> {}
        }
    }

    private static void reference(int to, int from) {
        if (to < 0 || to >= from) {
            throw new IllegalArgumentException("Invalid reference to step in a batch condition");
        }
    }
}
