package io.skerry.hrana.pipeline;

import io.skerry.engine.query.Program;
import io.skerry.hrana.wire.HranaError;

/// A request of a pipeline with its stored texts put in: what is left to do for one result.
public sealed interface Action {

    record Execute(Program program) implements Action {}

    record Batch(Program program) implements Action {}

    record Sequence(String script) implements Action {}

    record Describe(String sql) implements Action {}

    record GetAutocommit() implements Action {}

    record Close() implements Action {}

    /// Already done by putting texts in; only the answer is left.
    record Done(String type) implements Action {}

    /// Already refused; only the answer is left.
    record Refused(HranaError error) implements Action {}
}
