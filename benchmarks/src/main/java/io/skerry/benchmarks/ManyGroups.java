package io.skerry.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// What a group costs that nobody uses, with one location and with three: threads, memory, idle processor
/// time, and what the last of them takes to create.
final class ManyGroups implements Measurement {

    private static final int GROUPS = 100;
    private static final int SETTLE_SECONDS = 20;
    private static final int IDLE_SECONDS = 20;

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("groups"), "groups.per-node=1000")) {
            ControlPlane control = new ControlPlane(server);
            Costs empty = idle(server);
            long last = 0;
            for (int i = 0; i < GROUPS; i++) {
                long start = System.nanoTime();
                control.call("POST", "/v1/groups", "{\"name\":\"g" + i + "\",\"location\":\"fra\"}");
                last = System.nanoTime() - start;
            }
            Costs one = idle(server);
            for (int i = 0; i < GROUPS; i++) {
                for (String location : List.of("lhr", "bos")) {
                    control.call("POST", "/v1/groups/g" + i + "/locations/" + location, "");
                }
            }
            for (int i = 0; i < GROUPS; i++) {
                for (String location : List.of("lhr", "bos")) {
                    control.call("GET", "/v1/groups/g" + i + "/locations/" + location + "/wait", "");
                }
            }
            Costs three = idle(server);
            return List.of(
                    row("a group that nobody uses, of " + GROUPS + ", one location", empty, one, last),
                    row("the same with two more locations", one, three, last));
        }
    }

    private record Costs(long bytes, long threads, double cpuShare) {}

    private static Costs idle(ServerProcess server) throws IOException, InterruptedException {
        Thread.sleep(Duration.ofSeconds(SETTLE_SECONDS));
        Duration before = ProcessStats.cpuTime(server.pid());
        Thread.sleep(Duration.ofSeconds(IDLE_SECONDS));
        double share = ProcessStats.cpuTime(server.pid()).minus(before).toMillis() / (IDLE_SECONDS * 10.0);
        return new Costs(ProcessStats.residentBytes(server.pid()), ProcessStats.threads(server.pid()), share);
    }

    private static Row row(String measure, Costs before, Costs after, long lastNanos) {
        return new Row(
                measure,
                "-",
                String.format(
                        Locale.ROOT,
                        "%.1f threads, %d KB, %.2f %% of a core; %d threads, %d MB, %.0f %% in all; the last made in %d ms",
                        (after.threads - before.threads) / (double) GROUPS,
                        (after.bytes - before.bytes) / GROUPS / 1024,
                        (after.cpuShare - before.cpuShare) / GROUPS,
                        after.threads,
                        after.bytes >> 20,
                        after.cpuShare,
                        lastNanos / 1_000_000),
                "-");
    }
}
