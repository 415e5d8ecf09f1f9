package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Program.Step;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.storage.DatabaseFile;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// How far a program got: which step is next, what became of those before it, and the sink that is told.
/// One thread at a time.
final class ProgramRun {

    static final StepResult NOTHING_CHANGED = new StepResult(0, null, 0, 0, 0);

    private final Program program;
    private final List<SqlText> texts;
    private final ResultSink sink;
    private final BitSet succeeded = new BitSet();
    private final BitSet skipped = new BitSet();
    private int next;
    /// Of step i: read at 2i, written behind it.
    private final long[] rows;

    /// @param texts the analysed text of each step
    ProgramRun(Program program, List<SqlText> texts, ResultSink sink) {
        this.program = program;
        this.texts = texts;
        this.sink = sink;
        rows = new long[2 * program.steps().size()];
    }

    /// Counts what the steps read and wrote, once the program is over.
    void countRows(DatabaseFile file) {
        for (var i = 0; i < size(); i++) {
            var read = rows[2 * i];
            var written = rows[2 * i + 1];
            if ((read | written) != 0) {
                file.meter().add(texts.get(i).shape(), read, written);
            }
        }
    }

    int size() {
        return program.steps().size();
    }

    List<SqlText> texts() {
        return texts;
    }

    ResultSink sink() {
        return sink;
    }

    boolean done() {
        return next == size();
    }

    /// The step that is to run next.
    int next() {
        return next;
    }

    Step step() {
        return program.steps().get(next);
    }

    SqlText text() {
        return texts.get(next);
    }

    /// Moves to the next step whose condition holds; tells the sink of those that are skipped.
    ///
    /// @param autocommit whether no explicit transaction is open now
    /// @return false if there is none
    boolean advance(boolean autocommit) {
        while (next < size()) {
            var condition = program.steps().get(next).condition();
            if (condition == null || holds(condition, autocommit)) {
                return true;
            }
            skip();
        }
        return false;
    }

    private void skip() {
        skipped.set(next);
        sink.skipped(next++);
    }

    /// Nested conditions are few levels deep, see [Program]; a chain over steps is a look at each one's result.
    private boolean holds(Condition condition, boolean autocommit) {
        return switch (condition) {
            case Condition.Ok ok -> succeeded.get(ok.step());
            case Condition.Failed failed -> !succeeded.get(failed.step());
            case Condition.Not not -> !holds(not.condition(), autocommit);
            case Condition.And and -> and.conditions().stream().allMatch(c -> holds(c, autocommit));
            case Condition.Or or -> or.conditions().stream().anyMatch(c -> holds(c, autocommit));
            case Condition.IsAutocommit is -> autocommit;
        };
    }

    /// The step ran; its columns and rows were shown.
    void succeed(StepResult result) {
        sink.end(result);
        rows[2 * next] = result.rowsRead();
        rows[2 * next + 1] = result.rowsWritten();
        succeeded.set(next++);
    }

    /// The step had nothing to show.
    void succeedSilently() {
        sink.begin(next, List.of());
        succeed(NOTHING_CHANGED);
    }

    void fail(DatabaseException error) {
        sink.failed(next++, error);
    }

    /// The next step fails, and so does each after it that would run then.
    void failRest(DatabaseException error) {
        while (advance(true)) {
            fail(error);
        }
    }

    /// Everything is void and will run again.
    void restart() {
        sink.restart();
        next = 0;
        Arrays.fill(rows, 0);
        succeeded.clear();
        skipped.clear();
    }

    /// Everything that ran, ran in vain.
    void failAll(DatabaseException error) {
        var ran = next;
        var left = (BitSet) skipped.clone();
        restart();
        while (next < ran) {
            if (left.get(next)) {
                skip();
            } else {
                fail(error);
            }
        }
    }
}
