package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A sink that keeps everything and checks that it is told things in the promised order.
class Results implements ResultSink {

    /// What became of one step.
    static final class Of {
        List<Column> columns = List.of();
        List<List<@Nullable Object>> rows = new ArrayList<>();

        @Nullable
        StepResult result;

        @Nullable
        DatabaseException error;

        boolean skipped;

        StepResult result() {
            if (result == null) {
                throw new AssertionError("no result but " + (error == null ? "nothing" : error.getMessage()));
            }
            return result;
        }

        DatabaseException error() {
            if (error == null) {
                throw new AssertionError("no error");
            }
            return error;
        }

        boolean ok() {
            return result != null;
        }
    }

    final List<Of> steps = new ArrayList<>();
    int restarts;
    /// Steps that began anew.
    int begunAnew;
    private @Nullable Of open;

    Of step(int step) {
        return steps.get(step);
    }

    Of only() {
        if (steps.size() != 1) {
            throw new AssertionError(steps.size() + " steps");
        }
        return steps.getFirst();
    }

    /// The only value of the only row.
    Object value() {
        only().result();
        var value = only().rows.getFirst().getFirst();
        if (value == null) {
            throw new AssertionError("the value is NULL");
        }
        return value;
    }

    private Of next(int step) {
        if (open != null || step != steps.size()) {
            throw new AssertionError("step " + step + " is told of after " + steps.size() + ", one open: " + open);
        }
        var of = new Of();
        steps.add(of);
        return of;
    }

    @Override
    public void begin(int step, List<Column> columns) {
        if (open != null && step == steps.size() - 1) {
            begunAnew++;
            steps.removeLast();
            open = null;
        }
        open = next(step);
        open.columns = columns;
    }

    @Override
    public void row(Row row) {
        var values = new ArrayList<@Nullable Object>();
        for (var i = 0; i < row.columns(); i++) {
            values.add(value(row, i));
        }
        if (open == null) {
            throw new AssertionError("a row of no step");
        }
        open.rows.add(values);
    }

    private static @Nullable Object value(Row row, int i) {
        return switch (row.type(i)) {
            case NULL -> null;
            case INTEGER -> row.integer(i);
            case REAL -> row.real(i);
            case TEXT -> new String(bytes(row, i), StandardCharsets.UTF_8);
            case BLOB -> bytes(row, i);
        };
    }

    private static byte[] bytes(Row row, int i) {
        var bytes = new byte[row.length(i)];
        row.copyTo(i, bytes, 0);
        return bytes;
    }

    @Override
    public void end(StepResult result) {
        if (open == null) {
            throw new AssertionError("an end of no step");
        }
        open.result = result;
        open = null;
    }

    @Override
    public void failed(int step, DatabaseException error) {
        var of = open == null ? next(step) : open;
        of.error = error;
        open = null;
    }

    @Override
    public void skipped(int step) {
        next(step).skipped = true;
    }

    @Override
    public void restart() {
        steps.clear();
        open = null;
        restarts++;
    }
}
