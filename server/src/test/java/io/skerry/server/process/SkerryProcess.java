package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A `skerry` process of its own, with the JVM's options of the start script, its cache and the classes of this build.
final class SkerryProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(5);
    private static final int SLACK_THREADS = 16;
    private static final int SLACK_HANDLES = 40;
    private static final Duration END = Duration.ofMinutes(2);

    /// For HTTP; the next two thousand are for what nodes say to each other.
    private static final int PORTS = 6_000;

    private static final int PORTS_STEP = 9_000;
    private static final int PORTS_FROM = 10_000;

    private static final Pattern ADDRESS = Pattern.compile("(?m)^  ([a-z]+) +(https?://localhost:\\d+)$");

    /// Of both generations.
    private static final Pattern USED = Pattern.compile("(?m)^ *(?:def new|tenured) .*used (\\d+)K");

    private final Process process;
    private final Path out;
    private final Path log;

    private SkerryProcess(Process process, Path out, Path log) {
        this.process = process;
        this.out = out;
        this.log = log;
    }

    /// Starts the command and does not wait for anything.
    ///
    /// @param files directory for what it prints
    static SkerryProcess run(Path files, String... arguments) throws IOException {
        return run(files, List.of(), arguments);
    }

    /// @param before what starts the command that comes after it
    private static SkerryProcess run(Path files, List<String> before, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(FastStart.command());
        command.addAll(List.of(arguments));
        Path out = Files.createTempFile(files, "skerry", ".out");
        Path log = Files.createTempFile(files, "skerry", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(log.toFile());
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return new SkerryProcess(builder.start(), out, log);
    }

    /// Starts `dev` on free ports and waits until it says that it runs.
    ///
    /// @param settings each as `name=value`
    static SkerryProcess dev(Path files, Path data, String locations, String... settings)
            throws IOException, InterruptedException {
        return dev(files, data, locations, List.of(), settings);
    }

    /// As above, with so many files and sockets at most.
    static SkerryProcess devWithin(int openFiles, Path files, Path data, String locations, String... settings)
            throws IOException, InterruptedException {
        return dev(files, data, locations, within(openFiles), List.of(), settings);
    }

    /// Starts the command, which is expected to end by itself, with so many files and sockets at most.
    static SkerryProcess runWithin(int openFiles, Path files, String... arguments) throws IOException {
        return run(files, within(openFiles), arguments);
    }

    private static List<String> within(int openFiles) {
        return List.of("bash", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "skerry");
    }

    /// @param options beside those for its directory, ports and locations
    static SkerryProcess dev(Path files, Path data, String locations, List<String> options, String... settings)
            throws IOException, InterruptedException {
        return dev(files, data, locations, List.of(), options, settings);
    }

    private static SkerryProcess dev(
            Path files, Path data, String locations, List<String> before, List<String> options, String... settings)
            throws IOException, InterruptedException {
        int port = freePorts(locations.split(",").length);
        List<String> arguments = new ArrayList<>(
                List.of("dev", "--data", data.toString(), "--port", "" + port, "--locations", locations));
        arguments.addAll(options);
        for (String setting : settings) {
            arguments.add("--set");
            arguments.add(setting);
        }
        SkerryProcess skerry = run(files, before, arguments.toArray(String[]::new));
        long end = System.nanoTime() + START.toNanos();
        while (!skerry.out().contains("Try:")) {
            if (!skerry.process.isAlive() || System.nanoTime() - end > 0) {
                skerry.close();
                throw new AssertionError("dev did not start:\n" + skerry.out() + skerry.log());
            }
            Thread.sleep(20);
        }
        return skerry;
    }

    /// The first of so many in a row. Nobody holds them before the process does, so each JVM that runs tests
    /// has some for itself.
    private static int freePorts(int number) {
        int from = PORTS_FROM + PORTS_STEP * (Integer.getInteger("skerry.test.fork", 1) - 1);
        for (int tries = 0; tries < PORTS; tries++) {
            int first = ThreadLocalRandom.current().nextInt(from, from + PORTS);
            if (IntStream.range(first, first + number).allMatch(SkerryProcess::isFree)) {
                return first;
            }
        }
        throw new AssertionError("no " + number + " ports in a row are free from " + from + " on");
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    String out() throws IOException {
        return Files.readString(out);
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    URI node(String location) throws IOException {
        Matcher addresses = ADDRESS.matcher(out());
        while (addresses.find()) {
            if (addresses.group(1).equals(location)) {
                return URI.create(addresses.group(2));
            }
        }
        throw new AssertionError("no node " + location + " in:\n" + out());
    }

    /// SIGKILL; returns once the process is gone.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /// SIGTERM.
    void terminate() {
        process.destroy();
    }

    /// Waits until the process has computed for so long: what makes it compute has begun then.
    void awaitComputing(Duration time) throws InterruptedException {
        Duration before = computed();
        Soon soon = new Soon(true);
        while (computed().minus(before).compareTo(time) < 0) {
            assertThat(process.isAlive()).isTrue();
            assertThat(soon.again()).as("it computes").isTrue();
        }
    }

    /// Waits for these words in its log, and looks often: what they announce may be brief.
    void awaitLog(String words) throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!log().contains(words)) {
            assertThat(System.nanoTime() - end).as("the log says: %s", words).isNegative();
            Thread.sleep(1);
        }
    }

    /// Waits until so many of its platform threads have names that begin like this, which the kernel
    /// cuts.
    void awaitThreads(String prefix, int number) throws Exception {
        Await.until(() -> {
            try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
                assertThat(threads.filter(thread -> name(thread).startsWith(prefix)))
                        .as("threads %s*", prefix)
                        .hasSize(number);
            }
        });
    }

    private static String name(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException ended) {
            return "";
        }
    }

    /// How many platform threads and open files (sockets too) the process has.
    Footprint footprint() throws IOException {
        Path proc = Path.of("/proc", Long.toString(process.pid()));
        return new Footprint(count(proc.resolve("task")), count(proc.resolve("fd")));
    }

    /// Waits until the process has hardly more of them than it had.
    void awaitFootprint(Footprint before) throws Exception {
        Await.until(() -> {
            Footprint now = footprint();
            assertThat(now.handles()).isLessThanOrEqualTo(before.handles() + SLACK_HANDLES);
            assertThat(now.threads()).isLessThanOrEqualTo(before.threads() + SLACK_THREADS);
        });
    }

    /// The files that the process has open whose paths contain a text.
    List<String> openFiles(String part) throws IOException {
        List<String> open = new ArrayList<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            for (Path handle : (Iterable<Path>) handles::iterator) {
                try {
                    String file = Files.readSymbolicLink(handle).toString();
                    if (file.contains(part)) {
                        open.add(file);
                    }
                } catch (NoSuchFileException gone) {
                    continue;
                }
            }
        }
        return open;
    }

    record Footprint(int threads, int handles) {}

    private static int count(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return (int) entries.count();
        }
    }

    /// Bytes of the heap that are in use after a collection.
    long heap() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        long kilobytes = 0;
        while (used.find()) {
            kilobytes += Long.parseLong(used.group(1));
        }
        return kilobytes * 1024;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(text).isZero();
        return text;
    }

    private Duration computed() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    int awaitEnd() throws InterruptedException {
        return awaitEnd(END);
    }

    /// @return its exit code
    int awaitEnd(Duration limit) throws InterruptedException {
        assertThat(process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS))
                .as("the process ends within %s", limit)
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
