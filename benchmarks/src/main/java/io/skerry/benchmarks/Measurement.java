package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// One measurement: starts what it needs in directories of its own and answers rows of the table.
@FunctionalInterface
interface Measurement {

    List<Row> run(Context context) throws IOException, InterruptedException;

    /// @param sqld what sqld reached in the same run, or "-"
    /// @param goal what Skerry is meant to reach
    record Row(String measure, String sqld, String skerry, String goal) {

        @Override
        public String toString() {
            return "| " + measure + " | " + sqld + " | " + skerry + " | " + goal + " |";
        }
    }

    /// Where and how long.
    record Context(Path scratch, Duration warmUp, Duration measured) {

        Path directory(String name) {
            return scratch.resolve(name + "-" + System.nanoTime());
        }
    }

    /// Collects the rows of several measurements.
    static List<Row> all(List<Measurement> measurements, Context context) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (Measurement measurement : measurements) {
            for (Row row : measurement.run(context)) {
                System.out.println(row);
                rows.add(row);
            }
        }
        return rows;
    }
}
