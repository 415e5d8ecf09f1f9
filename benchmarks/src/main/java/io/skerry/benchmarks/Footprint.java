package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What a `dev` with three nodes costs: start, idle processor time, memory when empty and per database, time to create
/// one.
final class Footprint implements Measurement {

    private static final int OPEN_DATABASES = 500;
    private static final int IDLE_SECONDS = 30;
    /// For so long the compiler has still work to do.
    private static final int SETTLE_SECONDS = 30;

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        ServerProcess.skerry(context.directory("warm")).close();
        try (ServerProcess server = ServerProcess.skerry(context.directory("footprint"))) {
            rows.add(new Row("start of dev on an empty directory", "-", seconds(server.startTime()), "<= 1 s"));
            Thread.sleep(5_000);
            rows.add(new Row(
                    "memory, empty", "-", megabytes(ProcessStats.residentBytes(server.pid())), "<= 250 MB RSS"));
            rows.add(new Row("idle, the first half minute", "-", idle(server), "-"));
            Thread.sleep(SETTLE_SECONDS * 1_000L);
            rows.add(new Row("idle, three nodes and one group", "-", idle(server), "<= 3 %"));
            rows.addAll(databases(new ControlPlane(server), server));
        }
        return rows;
    }

    private static String idle(ServerProcess server) throws IOException, InterruptedException {
        Duration before = ProcessStats.cpuTime(server.pid());
        Thread.sleep(IDLE_SECONDS * 1_000L);
        double share = ProcessStats.cpuTime(server.pid()).minus(before).toMillis() / (IDLE_SECONDS * 10.0);
        return String.format(Locale.ROOT, "%.1f %% of a core", share);
    }

    private static List<Row> databases(ControlPlane control, ServerProcess server)
            throws IOException, InterruptedException {
        List<Endpoint> endpoints = new ArrayList<>();
        Histogram create = new Histogram(60_000_000L, 3);
        for (int i = 0; i < OPEN_DATABASES; i++) {
            long start = System.nanoTime();
            control.create("d" + i);
            create.recordValue((System.nanoTime() - start) / 1000);
            endpoints.add(control.endpoint("d" + i, 0));
        }
        long closed = ProcessStats.residentBytes(server.pid());
        for (Endpoint endpoint : endpoints) {
            try (PipelineConnection connection = new PipelineConnection(endpoint)) {
                connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
                connection.call(Statements.execute("SELECT count(*) FROM log"));
            }
        }
        long open = ProcessStats.residentBytes(server.pid());
        return List.of(
                new Row(
                        "create a database",
                        "-",
                        String.format(
                                Locale.ROOT,
                                "p50 %.2f ms, p99 %.2f ms",
                                create.getValueAtPercentile(50) / 1000.0,
                                create.getValueAtPercentile(99) / 1000.0),
                        "p50 <= 10 ms"),
                new Row(
                        "memory per open database, written and read once",
                        "-",
                        (open - closed) / OPEN_DATABASES / 1024 + " KB",
                        "<= 200 KB"));
    }

    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
    }

    static String megabytes(long bytes) {
        return bytes / (1 << 20) + " MB";
    }
}
