package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// A group of 1 GB in 20 databases gets a second location while one connection goes on writing.
final class NewLocation implements Measurement {

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("location"))) {
            ControlPlane control = new ControlPlane(server);
            Gigabyte.create(control);
            Endpoint written = control.createDatabase("written");
            try (PipelineConnection connection = new PipelineConnection(written)) {
                connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
            }
            Load.Result before = new Load(written, 1, Statements::insert).run(context.warmUp(), context.measured());

            Writer writer = new Writer(written);
            long start = System.nanoTime();
            control.addLocation("lhr");
            control.awaitLocation("lhr");
            double seconds = (System.nanoTime() - start) / 1e9;
            Histogram during = writer.stop();
            return List.of(new Row(
                    "new location, 1 GB in 20 databases, writes going on",
                    "-",
                    String.format(
                            Locale.ROOT,
                            "%.0f MB/s; writers' p99 %.2f ms before, %.2f ms during (%.1fx)",
                            Gigabyte.MEGABYTES / seconds,
                            before.millisAt(99),
                            during.getValueAtPercentile(99) / 1000.0,
                            during.getValueAtPercentile(99) / 1000.0 / before.millisAt(99)),
                    ">= 80 MB/s; <= 2x"));
        }
    }

    /// One connection that writes until it is stopped.
    private static final class Writer {

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();
        private final Histogram latency = new Histogram(60_000_000L, 3);
        private final Thread thread;

        Writer(Endpoint endpoint) {
            thread = Thread.ofPlatform().start(() -> {
                ThreadLocalRandom random = ThreadLocalRandom.current();
                try (PipelineConnection connection = new PipelineConnection(endpoint)) {
                    while (!stopped.get()) {
                        long begin = System.nanoTime();
                        connection.call(Statements.insert(random));
                        latency.recordValue((System.nanoTime() - begin) / 1000);
                    }
                } catch (IOException e) {
                    failure.set(e);
                }
            });
        }

        Histogram stop() throws IOException, InterruptedException {
            stopped.set(true);
            thread.join();
            IOException failed = failure.get();
            if (failed != null) {
                throw failed;
            }
            return latency;
        }
    }
}
