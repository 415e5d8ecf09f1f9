package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the results of a program as they come: for each step in order either `skipped`, or `begin`, rows
/// and then `end`, or `failed` (alone, or after `begin` and some rows). `begin` may come again after some
/// rows: the step has begun anew, and what was shown of it is void.
///
/// Called on whatever thread runs the statement, never on two at once. Nothing may be sent to the client before
/// the session's `run` has returned: a commit that several programs share can fail, or be run again, after rows
/// were shown.
public interface ResultSink {

    void begin(int step, List<Column> columns);

    /// @throws DatabaseException with RESPONSE_TOO_LARGE if the sink has no more room, with TEXT_NOT_UTF8 if it
    ///     cannot carry a value: the step then fails with it
    void row(Row row);

    void end(StepResult result);

    void failed(int step, DatabaseException error);

    void skipped(int step);

    /// Everything shown since the program began is void: it will be run or reported again from its first step.
    void restart();

    /// @param decltype the declared type, null for expressions
    record Column(String name, @Nullable String decltype) {}

    /// @param affectedRows `changes()` for INSERT, UPDATE and DELETE, else 0
    /// @param lastInsertRowid null unless the statement was an INSERT
    /// @param rowsRead an estimate; see the module's DESIGN.md
    record StepResult(
            long affectedRows, @Nullable Long lastInsertRowid, long rowsRead, long rowsWritten, long durationNanos) {}
}
