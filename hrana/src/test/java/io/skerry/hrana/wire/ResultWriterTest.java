package io.skerry.hrana.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.query.ResultSink.Column;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.query.Row;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultWriterTest {

    private static final StepResult NOTHING = new StepResult(0, null, 0, 0, 0);
    private static final List<Column> COLUMNS = List.of(new Column("a", null));

    private final JsonBuffer out = JsonBuffer.uncounted(64);
    private final ResultWriter writer = new ResultWriter(out, 10_000);

    private String text() {
        return new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
    }

    private void step(int step, long... values) {
        writer.begin(step, COLUMNS);
        for (long value : values) {
            writer.row(new Number(value));
        }
    }

    @Test
    void aStepThatBeginsAnewShowsItsRowsOnce() {
        writer.start(true);
        step(0, 1);
        writer.end(NOTHING);
        step(1, 2, 3);
        writer.end(NOTHING);
        writer.finishBatch(2, null);
        String once = text();
        out.truncate(0);
        writer.start(true);
        step(0, 1);
        writer.end(NOTHING);
        step(1, 2);
        step(1, 2, 3);
        writer.end(NOTHING);
        writer.finishBatch(2, null);
        assertThat(text()).isEqualTo(once);
    }

    private record Number(long value) implements Row {
        @Override
        public int columns() {
            return 1;
        }

        @Override
        public Type type(int column) {
            return Type.INTEGER;
        }

        @Override
        public long integer(int column) {
            return value;
        }

        @Override
        public double real(int column) {
            throw new IllegalStateException("an integer");
        }

        @Override
        public int length(int column) {
            throw new IllegalStateException("an integer");
        }

        @Override
        public void copyTo(int column, byte[] target, int offset) {
            throw new IllegalStateException("an integer");
        }
    }
}
