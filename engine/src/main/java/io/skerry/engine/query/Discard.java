package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes results that nobody wants, and keeps the first failure.
final class Discard implements ResultSink {

    /// For statements whose failure is thrown.
    static final ResultSink SINK = new Discard();

    private @Nullable DatabaseException failure;

    @Nullable
    DatabaseException failure() {
        return failure;
    }

    @Override
    public void begin(int step, List<Column> columns) {}

    @Override
    public void row(Row row) {}

    @Override
    public void end(StepResult result) {}

    @Override
    public void failed(int step, DatabaseException error) {
        if (failure == null) {
            failure = error;
        }
    }

    @Override
    public void skipped(int step) {}

    @Override
    public void restart() {
        failure = null;
    }
}
