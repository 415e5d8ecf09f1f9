package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// From the acknowledgement of a write at the first location to its visibility at the second, at 1,000 writes per
/// second: a run that does not reach them is none. Every tenth write is followed: a read at the replica that
/// carries the write's `replication_index` is answered once it can see it, so the figure includes that read's own way.
final class ReplicaLag implements Measurement {

    private static final int WRITES_PER_SECOND = 1_000;
    private static final double REACHED_MIN = 0.95 * WRITES_PER_SECOND;

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("lag"))) {
            ControlPlane control = new ControlPlane(server);
            Endpoint primary = control.createDatabase("bench");
            try (PipelineConnection connection = new PipelineConnection(primary)) {
                connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
            }
            control.addLocation("lhr");
            control.awaitLocation("lhr");
            Endpoint replica = control.endpoint("bench", 1);
            measure(primary, replica, context.warmUp().toSeconds());
            return List.of(row(measure(primary, replica, context.measured().toSeconds())));
        }
    }

    /// @param microseconds of each write that was followed
    /// @param writesPerSecond that were acknowledged
    record Lag(Histogram microseconds, double writesPerSecond) {}

    /// @throws IOException if there were less writes than the row is about
    static Row row(Lag lag) throws IOException {
        if (lag.writesPerSecond() < REACHED_MIN) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "only %.0f writes/s were acknowledged: the lag is that of %,d, and 95 %% of them at least",
                    lag.writesPerSecond(),
                    WRITES_PER_SECOND));
        }
        return new Row(
                "acknowledged at fra to visible at lhr, 1,000 writes/s",
                "-",
                String.format(
                        Locale.ROOT,
                        "p50 %.2f ms, p99 %.2f ms at %,.0f writes/s",
                        lag.microseconds().getValueAtPercentile(50) / 1000.0,
                        lag.microseconds().getValueAtPercentile(99) / 1000.0,
                        lag.writesPerSecond()),
                "p50 <= 5 ms, p99 <= 20 ms");
    }

    private record Followed(String index, long acknowledged) {}

    private static Lag measure(Endpoint primary, Endpoint replica, long seconds)
            throws IOException, InterruptedException {
        Histogram lag = new Histogram(60_000_000L, 3);
        ArrayBlockingQueue<Followed> acknowledged = new ArrayBlockingQueue<>(1_000);
        Followed end = new Followed("", 0);
        Thread reader = Thread.ofPlatform().start(() -> {
            try (PipelineConnection connection = new PipelineConnection(replica)) {
                for (Followed write = acknowledged.take(); write != end; write = acknowledged.take()) {
                    connection.call(
                            "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT max(id) FROM log\",\"replication_index\":\""
                                    + write.index() + "\"}},{\"type\":\"close\"}]}");
                    lag.recordValue((System.nanoTime() - write.acknowledged()) / 1000);
                }
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        double writesPerSecond;
        try (PipelineConnection connection = new PipelineConnection(primary)) {
            long start = System.nanoTime();
            for (int i = 0; i < seconds * WRITES_PER_SECOND; i++) {
                LockSupport.parkNanos(start + i * (1_000_000_000L / WRITES_PER_SECOND) - System.nanoTime());
                connection.call(Statements.insert(ThreadLocalRandom.current()));
                String index = connection.member("replication_index");
                if (i % 10 == 0 && index != null) {
                    acknowledged.put(new Followed(index, System.nanoTime()));
                }
            }
            writesPerSecond = seconds * WRITES_PER_SECOND * 1e9 / (System.nanoTime() - start);
        }
        acknowledged.put(end);
        reader.join();
        if (lag.getTotalCount() < seconds * WRITES_PER_SECOND / 10) {
            throw new IOException("only " + lag.getTotalCount() + " writes could be followed to the replica");
        }
        return new Lag(lag, writesPerSecond);
    }
}
