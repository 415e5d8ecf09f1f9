package io.skerry.engine.query;

import java.util.List;

/// How a program of a session without an open transaction is to be run.
enum ProgramShape {
    /// On a reader, as far as it goes; the rest, if a step needs the writer, as [#EXCLUSIVE].
    READ,
    /// No step controls a transaction: each is a transaction of its own.
    AUTOCOMMIT,
    /// `BEGIN`, statements, `COMMIT`, and `ROLLBACK` unless the commit succeeded: one transaction that certainly
    /// ends with the program. What clients send for a batch.
    UNIT,
    /// Anything else: alone on the writer, and perhaps with a transaction left open.
    EXCLUSIVE;

    static ProgramShape of(Program program, List<SqlText> texts) {
        if (texts.stream()
                .allMatch(t -> t.verb().mayRead()
                        || t.verb().attaches()
                        || (t.verb().controls() && t.verb() != Verb.BEGIN_IMMEDIATE))) {
            return READ;
        }
        if (texts.stream().allMatch(t -> t.verb().groups())) {
            return AUTOCOMMIT;
        }
        return isUnit(program, texts)
                ? UNIT
                : texts.size() == 1 && !writes(texts.get(0).verb()) ? READ : EXCLUSIVE;
    }

    private static boolean writes(Verb verb) {
        return verb.changesRows() || verb == Verb.SCHEMA || verb == Verb.BEGIN_IMMEDIATE;
    }

    static boolean isUnit(Program program, List<SqlText> texts) {
        var steps = program.steps();
        var rollback = steps.size() - 1;
        var commit = rollback - 1;
        if (commit < 1
                || !texts.get(0).verb().begins()
                || steps.get(0).condition() != null
                || texts.get(commit).verb() != Verb.COMMIT
                || texts.get(rollback).verb() != Verb.ROLLBACK
                || !new Condition.Not(new Condition.Ok(commit))
                        .equals(steps.get(rollback).condition())) {
            return false;
        }
        return texts.subList(1, commit).stream().allMatch(t -> t.verb().groups());
    }
}
