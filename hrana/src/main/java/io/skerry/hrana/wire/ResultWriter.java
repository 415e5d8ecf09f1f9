package io.skerry.hrana.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.ResultSink;
import io.skerry.engine.query.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes the result of an `execute` or a `batch` while its statements run, straight from SQLite's memory to the
/// answer's bytes. Used by one program after another: [#start], the program, then [#finishExecute] or
/// [#finishBatch].
public final class ResultWriter implements ResultSink {

    private static final byte[] COLS = bytes("{\"cols\":[");
    private static final byte[] NAME = bytes("{\"name\":");
    private static final byte[] DECLTYPE = bytes(",\"decltype\":");
    private static final byte[] ROWS = bytes("],\"rows\":[");
    private static final byte[] AFFECTED = bytes("],\"affected_row_count\":");
    private static final byte[] ROWID = bytes(",\"last_insert_rowid\":");
    private static final byte[] ROWS_READ = bytes(",\"rows_read\":");
    private static final byte[] ROWS_WRITTEN = bytes(",\"rows_written\":");
    private static final byte[] DURATION = bytes(",\"query_duration_ms\":");
    private static final byte[] FRAME = bytes(",\"replication_index\":");
    private static final byte[] NO_FRAME_END = bytes(",\"replication_index\":null}");
    private static final byte[] STEP_RESULTS = bytes("{\"step_results\":[");
    private static final byte[] STEP_ERRORS = bytes("],\"step_errors\":[");
    private static final byte[] V_NULL = bytes("{\"type\":\"null\"}");
    private static final byte[] V_INTEGER = bytes("{\"type\":\"integer\",\"value\":\"");
    private static final byte[] V_INTEGER_END = bytes("\"}");
    private static final byte[] V_FLOAT = bytes("{\"type\":\"float\",\"value\":");
    private static final byte[] V_TEXT = bytes("{\"type\":\"text\",\"value\":");
    private static final byte[] V_BLOB = bytes("{\"type\":\"blob\",\"base64\":");
    private static final byte[] NULL = bytes("null");

    private final JsonBuffer out;
    private final int bytesMax;
    private final Map<Integer, DatabaseException> errors = new HashMap<>(0);
    private boolean batch;
    private int start;
    private int stepStart;
    private boolean stepOpen;
    private boolean anyRow;

    public ResultWriter(JsonBuffer out, int bytesMax) {
        this.out = out;
        this.bytesMax = bytesMax;
    }

    /// The next program's result begins at the buffer's end.
    public void start(boolean ofBatch) {
        batch = ofBatch;
        if (ofBatch) {
            out.raw(STEP_RESULTS);
        }
        start = out.size();
        restart();
    }

    @Override
    public void restart() {
        out.truncate(start);
        errors.clear();
        stepOpen = false;
    }

    @Override
    public void begin(int step, List<Column> columns) {
        if (stepOpen) {
            out.truncate(stepStart); // it begins anew
        } else {
            beginStep(step);
        }
        out.raw(COLS);
        columns(columns);
        out.raw(ROWS);
        anyRow = false;
    }

    private void beginStep(int step) {
        if (batch && step > 0) {
            out.raw(',');
        }
        stepStart = out.size();
        stepOpen = true;
    }

    private void columns(List<Column> columns) {
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (i > 0) {
                out.raw(',');
            }
            out.raw(NAME).string(column.name()).raw(DECLTYPE);
            nullable(column.decltype());
            out.raw('}');
        }
    }

    private void nullable(@Nullable String text) {
        if (text == null) {
            out.raw(NULL);
        } else {
            out.string(text);
        }
    }

    @Override
    public void row(Row row) {
        if (anyRow) {
            out.raw(',');
        }
        anyRow = true;
        out.raw('[');
        int columns = row.columns();
        for (int i = 0; i < columns; i++) {
            if (i > 0) {
                out.raw(',');
            }
            value(row, i);
        }
        out.raw(']');
        if (out.size() - start > bytesMax) {
            throw new DatabaseException(
                    Code.RESPONSE_TOO_LARGE,
                    "Response is too large: a result has more than " + bytesMax + " bytes; ask for fewer rows");
        }
    }

    private void value(Row row, int column) {
        // The frame of a value is counted with it, so that a result of many small ones is refused in time too.
        out.makeRoom(64);
        switch (row.type(column)) {
            case NULL -> out.raw(V_NULL);
            case INTEGER -> out.raw(V_INTEGER).number(row.integer(column)).raw(V_INTEGER_END);
            case REAL -> out.raw(V_FLOAT).real(row.real(column)).raw('}');
            case TEXT -> {
                out.raw(V_TEXT);
                room(row, column);
                out.text(row, column);
                out.raw('}');
            }
            case BLOB -> {
                out.raw(V_BLOB);
                room(row, column);
                out.blob(row, column);
                out.raw('}');
            }
        }
    }

    /// One value alone may be larger than a result: it is refused before memory is taken for it.
    private void room(Row row, int column) {
        if ((long) out.size() - start + row.length(column) > bytesMax) {
            throw new DatabaseException(
                    Code.RESPONSE_TOO_LARGE,
                    "Response is too large: a result has more than " + bytesMax + " bytes; ask for less");
        }
    }

    @Override
    public void end(StepResult result) {
        out.raw(AFFECTED).number(result.affectedRows()).raw(ROWID);
        Long rowid = result.lastInsertRowid();
        if (rowid == null) {
            out.raw(NULL);
        } else {
            out.raw('"').number(rowid).raw('"');
        }
        out.raw(ROWS_READ).number(result.rowsRead());
        out.raw(ROWS_WRITTEN).number(result.rowsWritten());
        out.raw(DURATION).millis(result.durationNanos());
        if (batch) {
            // Steps of a batch may become visible together, at its end: only the batch has a frame.
            out.raw(NO_FRAME_END);
        }
        stepOpen = false;
    }

    @Override
    public void failed(int step, DatabaseException error) {
        if (stepOpen) {
            out.truncate(stepStart);
        } else {
            beginStep(step);
        }
        stepOpen = false;
        errors.put(step, error);
        out.raw(NULL);
    }

    @Override
    public void skipped(int step) {
        beginStep(step);
        stepOpen = false;
        out.raw(NULL);
    }

    /// The error of the single statement, null if it succeeded.
    public @Nullable DatabaseException executeError() {
        return errors.get(0);
    }

    /// The first error that has this code, null if none has.
    public @Nullable DatabaseException errorWith(Code code) {
        for (DatabaseException error : errors.values()) {
            if (error.code() == code) {
                return error;
            }
        }
        return null;
    }

    public void finishExecute(@Nullable FrameNo frame) {
        frame(frame);
    }

    public void finishBatch(int steps, @Nullable FrameNo frame) {
        out.raw(STEP_ERRORS);
        for (int i = 0; i < steps; i++) {
            if (i > 0) {
                out.raw(',');
            }
            DatabaseException error = errors.isEmpty() ? null : errors.get(i);
            if (error == null) {
                out.raw(NULL);
            } else {
                ResponseWriter.error(out, HranaError.of(error));
            }
        }
        out.raw(']');
        frame(frame);
    }

    private void frame(@Nullable FrameNo frame) {
        if (frame == null) {
            out.raw(NO_FRAME_END);
        } else {
            out.raw(FRAME).raw('"').number(frame.value()).raw('"').raw('}');
        }
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }
}
