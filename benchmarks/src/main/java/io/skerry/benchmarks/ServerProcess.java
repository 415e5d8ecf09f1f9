package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A server under measurement: a child process with a directory of its own, which both end with this object.
final class ServerProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /// How `dev` tells the address of a node.
    private static final Pattern PORT = Pattern.compile("(?m)^  [a-z]+ +http://localhost:(\\d+)$");

    /// With as many worker threads as there are processors, its default, sqld stops answering for good after a
    /// thousand inserts or so of sixteen connections on two processors: each worker waits for a lock whose holder
    /// needs a worker.
    private static final Map<String, String> SQLD_ENVIRONMENT = Map.of("TOKIO_WORKER_THREADS", "64");

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private Process process;
    private List<Integer> ports = List.of();
    private Duration startTime = Duration.ZERO;

    private ServerProcess(List<String> command, Map<String, String> environment, Path directory, List<Integer> ports)
            throws IOException, InterruptedException {
        this.command = command;
        this.environment = environment;
        this.directory = directory;
        this.ports = ports;
        this.process = launch();
    }

    /// `skerry dev` with three locations, on ports that it chooses.
    ///
    /// @param settings `NAME=VALUE` each
    static ServerProcess skerry(Path directory, String... settings) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(root().resolve("skerry").toString(), "dev", "--data", directory.toString(), "--port", "0"));
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        return new ServerProcess(command, Map.of(), directory, List.of());
    }

    /// sqld with one database and, but for its worker threads, its defaults.
    static ServerProcess sqld(Path directory) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = List.of(
                Sqld.binary().toString(),
                "--db-path",
                directory.resolve("data").toString(),
                "--http-listen-addr",
                "127.0.0.1:" + port);
        return new ServerProcess(command, SQLD_ENVIRONMENT, directory, List.of(port));
    }

    /// The same command on the same directory, after the process has ended.
    void restart() throws IOException, InterruptedException {
        process = launch();
    }

    private Process launch() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Path log = log(directory);
        long printed = Files.exists(log) ? Files.size(log) : 0;
        long begin = System.nanoTime();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process started = builder.start();
        boolean tells = !command.contains("--http-listen-addr");
        while (started.isAlive() && System.nanoTime() - begin < START_LIMIT.toNanos()) {
            if (tells) {
                ports = portsAfter(log, printed);
            }
            if (!ports.isEmpty() && answers(ports.getFirst())) {
                startTime = Duration.ofNanos(System.nanoTime() - begin);
                return started;
            }
            Thread.sleep(5);
        }
        started.destroyForcibly();
        throw new IOException(command.getFirst() + " did not start; what it printed is in " + log.getFileName());
    }

    /// What the servers of `directory` print, over all their starts.
    private static Path log(Path directory) {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    private static List<Integer> portsAfter(Path log, long bytes) throws IOException {
        byte[] all = Files.readAllBytes(log);
        String text = new String(all, (int) bytes, (int) (all.length - bytes), StandardCharsets.UTF_8);
        return PORT.matcher(text)
                .results()
                .map(line -> Integer.parseInt(line.group(1)))
                .toList();
    }

    private static boolean answers(int port) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// The checkout this program runs in.
    static Path root() {
        return Path.of(System.getProperty("skerry.root", ".")).toAbsolutePath().normalize();
    }

    /// From the start of the process to its first answer.
    Duration startTime() {
        return startTime;
    }

    /// @param node 0 is the one of the first location
    int port(int node) {
        return ports.get(node);
    }

    long pid() {
        return process.pid();
    }

    Path directory() {
        return directory;
    }

    /// Where the whole server is one database.
    Endpoint endpoint() {
        return new Endpoint(port(0), "", null);
    }

    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /// SIGKILL: what only a clean end would have written is not there at the next start.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        FileTree.delete(directory);
    }
}
