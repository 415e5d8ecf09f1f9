package io.skerry.benchmarks;

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
        Map<String, Measurement> known = new LinkedHashMap<>();
        known.put("throughput", new Throughput());
        known.put("profile", new Profile());
        known.put("lag", new ReplicaLag());
        known.put("location", new NewLocation());
        known.put("footprint", new Footprint());
        List<String> names = List.of(arguments).isEmpty() ? List.copyOf(known.keySet()) : List.of(arguments);
        if (!known.keySet().containsAll(names)) {
            System.err.println("usage: benchmarks/run [" + String.join("|", known.keySet()) + "]…");
            System.exit(2);
        }
        Path scratch = Files.createTempDirectory("skerry-benchmarks");
        Measurement.Context context = new Measurement.Context(
                scratch,
                Duration.ofSeconds(Long.getLong("skerry.warmUpSeconds", 5)),
                Duration.ofSeconds(Long.getLong("skerry.measuredSeconds", 10)));
        System.out.println("| measure | sqld " + Sqld.VERSION + " | Skerry | goal |\n|---|---|---|---|");
        try {
            Measurement.all(names.stream().map(known::get).toList(), context);
        } finally {
            ServerProcess.delete(scratch);
        }
    }
}
