package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A server under measurement: a child process with a directory of its own, which both end with this object.
final class ServerProcess implements AutoCloseable {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final Process process;
    private final Path directory;
    private final int port;
    private final Duration startTime;

    private ServerProcess(Process process, Path directory, int port, Duration startTime) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.startTime = startTime;
    }

    /// `skerry dev` with three locations on `port`, `port + 1` and `port + 2`.
    static ServerProcess skerry(Path directory) throws IOException, InterruptedException {
        int port = freePorts(3);
        return start(
                List.of(
                        root().resolve("skerry").toString(),
                        "dev",
                        "--data",
                        directory.toString(),
                        "--port",
                        "" + port),
                directory,
                port,
                "/health");
    }

    /// sqld with one database and its defaults.
    static ServerProcess sqld(Path directory) throws IOException, InterruptedException {
        int port = freePorts(1);
        return start(
                List.of(
                        Sqld.binary().toString(),
                        "--db-path",
                        directory.resolve("data").toString(),
                        "--http-listen-addr",
                        "127.0.0.1:" + port),
                directory,
                port,
                "/health");
    }

    private static ServerProcess start(List<String> command, Path directory, int port, String probe)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path log = directory.resolveSibling(directory.getFileName() + ".log");
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + probe))
                .timeout(Duration.ofSeconds(2))
                .build();
        while (process.isAlive() && System.nanoTime() - begin < 120_000_000_000L) {
            try {
                if (HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                    return new ServerProcess(process, directory, port, Duration.ofNanos(System.nanoTime() - begin));
                }
            } catch (IOException notYet) {
                Thread.sleep(5);
            }
        }
        process.destroyForcibly();
        throw new IOException(command.getFirst() + " did not start; its output is in " + log);
    }

    /// The checkout this program runs in.
    static Path root() {
        return Path.of(System.getProperty("skerry.root", ".")).toAbsolutePath().normalize();
    }

    /// The first of `count` consecutive ports that were free a moment ago.
    private static int freePorts(int count) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                int port = first.getLocalPort();
                if (port + count < 65_535 && othersFree(port, count)) {
                    return port;
                }
            }
        }
        throw new IOException("no " + count + " consecutive free ports found");
    }

    private static boolean othersFree(int port, int count) {
        for (int i = 1; i < count; i++) {
            try (ServerSocket other = new ServerSocket(port + i, 1, InetAddress.getLoopbackAddress())) {
                if (!other.isBound()) {
                    return false;
                }
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }

    /// From the start of the process to its first answer.
    Duration startTime() {
        return startTime;
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    Path directory() {
        return directory;
    }

    /// Where the whole server is one database.
    Endpoint endpoint() {
        return new Endpoint(port, "", null);
    }

    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(directory);
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
