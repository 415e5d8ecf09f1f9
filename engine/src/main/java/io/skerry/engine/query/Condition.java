package io.skerry.engine.query;

import java.util.List;

/// When a step of a program runs. A condition may name earlier steps only, which [Program] checks.
public sealed interface Condition {

    /// The step ran and succeeded.
    record Ok(int step) implements Condition {}

    /// The step did not succeed: it failed or was skipped.
    record Failed(int step) implements Condition {}

    record Not(Condition condition) implements Condition {}

    /// All hold; true if empty.
    record And(List<Condition> conditions) implements Condition {}

    /// One holds; false if empty.
    record Or(List<Condition> conditions) implements Condition {}

    /// No explicit transaction is open now.
    record IsAutocommit() implements Condition {}
}
