package io.skerry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.benchmarks.Measurement.Row;
import io.skerry.benchmarks.ReplicaLag.Lag;
import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ReplicaLagTest {

    private final Histogram lag = new Histogram(60_000_000L, 3);

    @Test
    void theRowSaysHowManyWritesThereWere() throws IOException {
        lag.recordValue(1_500);
        Row row = ReplicaLag.row(new Lag(lag, 950));
        assertThat(row.skerry()).isEqualTo("p50 1.50 ms, p99 1.50 ms at 950 writes/s");
    }

    @Test
    void tooFewWritesAreNoMeasurement() {
        assertThatThrownBy(() -> ReplicaLag.row(new Lag(lag, 949)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("only 949 writes/s were acknowledged")
                .hasMessageContaining("1,000");
    }
}
