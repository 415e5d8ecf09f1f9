package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Orders to the JVM of a server under measurement.
final class Jcmd {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Jcmd() {}

    /// @return what the JVM said
    /// @throws IOException if it refused, with what it said, or did not answer in time
    static String run(ServerProcess server, String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(Long.toString(server.pid()));
        line.addAll(List.of(command));
        Path answer = Files.createTempFile("jcmd", ".out");
        try {
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(answer.toFile())
                    .start();
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command[0] + " did not answer within " + LIMIT.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(command[0] + " failed: " + Files.readString(answer));
            }
            return Files.readString(answer);
        } finally {
            Files.delete(answer);
        }
    }
}
