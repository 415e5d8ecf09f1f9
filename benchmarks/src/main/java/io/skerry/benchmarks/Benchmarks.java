package io.skerry.benchmarks;

import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `benchmarks/run [NAME…]`: runs the measurements named, or all, and prints a table in Markdown.
public final class Benchmarks {

    private Benchmarks() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Map<String, List<Measurement>> known = new LinkedHashMap<>();
        known.put("throughput", List.of(new Throughput()));
        known.put("profile", List.of(new Profile()));
        known.put("lag", List.of(new ReplicaLag()));
        known.put("location", List.of(new NewLocation()));
        known.put("footprint", List.of(new Footprint(), new StartWithData(), new ClosedDatabases()));
        known.put("log", List.of(new LogBytes()));
        known.put("control", List.of(new ManyDatabases()));
        known.put("rows", List.of(new RowsRead()));
        known.put("authorization", List.of(new Authorization()));
        known.put("groups", List.of(new ManyGroups()));
        List<String> names = List.of(arguments).isEmpty() ? List.copyOf(known.keySet()) : List.of(arguments);
        if (!known.keySet().containsAll(names)) {
            System.err.println("usage: benchmarks/run [" + String.join("|", known.keySet()) + "]…");
            System.exit(2);
        }
        Path scratch = Files.createTempDirectory("skerry-benchmarks");
        Measurement.Context context = new Measurement.Context(
                scratch,
                Duration.ofSeconds(Long.getLong("skerry.warmUpSeconds", 20)),
                Duration.ofSeconds(Long.getLong("skerry.measuredSeconds", 10)));
        System.out.println("| measure | sqld " + Sqld.VERSION + " | Skerry | goal |\n|---|---|---|---|");
        try {
            Measurement.all(
                    names.stream()
                            .flatMap(name -> known.getOrDefault(name, List.of()).stream())
                            .toList(),
                    context);
        } catch (IOException | InterruptedException | RuntimeException e) {
            System.err.println("what the servers printed is kept in " + ServerLogs.keep(scratch, kept()));
            throw e;
        } finally {
            FileTree.delete(scratch);
        }
    }

    private static Path kept() {
        return ServerProcess.root().resolve("benchmarks/target/failed");
    }
}
