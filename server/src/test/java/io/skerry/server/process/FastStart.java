package io.skerry.server.process;

import io.skerry.engine.file.FileTree;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// How a `skerry` process of this build starts: with a cache of loaded classes, as `./skerry` starts it. A start
/// computes half as much then. Such a cache is made of jars only, so the classes are put into some first; all is
/// kept in `target` until the classes change.
final class FastStart {

    private static final Duration TRAINING = Duration.ofMinutes(5);
    private static final Path OPTIONS =
            Path.of("src", "main", "jvm", "jvm.options").toAbsolutePath();
    private static final Path KEPT = Path.of("target", "processes").toAbsolutePath();

    private FastStart() {}

    /// The program `java`, its options, the class path and the main class.
    static List<String> command() {
        return OfThisBuild.COMMAND;
    }

    /// Made when the first process starts.
    private static final class OfThisBuild {
        static final List<String> COMMAND = prepare();

        private static List<String> prepare() {
            try {
                Files.createDirectories(KEPT);
                // Test classes may run in several JVMs: one of them makes it.
                try (FileChannel channel = FileChannel.open(
                                KEPT.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    assert lock.isValid();
                    return FastStart.prepare(classPath());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /// That of these tests, without the tests.
    private static List<Path> classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.of(all.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .filter(entry -> Files.exists(entry) && !entry.endsWith("test-classes"))
                .toList();
    }

    private static List<String> prepare(List<Path> classPath) throws IOException, InterruptedException {
        Path made = KEPT.resolve(digest(classPath));
        if (!Files.exists(made)) {
            try (Stream<Path> earlier = Files.list(KEPT)) {
                for (Path old : earlier.filter(Files::isDirectory).toList()) {
                    FileTree.delete(old);
                }
            }
            Files.createDirectory(made);
        }
        List<String> jars = new ArrayList<>();
        for (Path entry : classPath) {
            Path jar = made.resolve(jars.size() + ".jar");
            jars.add(Files.isDirectory(entry) ? jar(entry, jar).toString() : entry.toString());
        }
        List<String> java =
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + OPTIONS);
        List<String> main = List.of("-cp", String.join(File.pathSeparator, jars), "io.skerry.server.Main");
        Path cache = made.resolve("skerry.aot");
        if (!Files.exists(cache)) {
            train(java, main, cache);
        }
        List<String> command = new ArrayList<>(java);
        command.add("-XX:TieredStopAtLevel=1"); // it lives for seconds: the second compiler costs more than it wins
        if (Files.exists(cache)) {
            command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:disable"));
        }
        command.addAll(main);
        return List.copyOf(command);
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        if (!Files.exists(jar)) {
            Path next = jar.resolveSibling("next");
            int failed = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(
                            new PrintStream(System.out, true, StandardCharsets.UTF_8),
                            new PrintStream(System.err, true, StandardCharsets.UTF_8),
                            "--create",
                            "--file",
                            next.toString(),
                            "-C",
                            classes.toString(),
                            ".");
            if (failed != 0) {
                throw new IOException(jar + " could not be made of " + classes);
            }
            Files.move(next, jar, StandardCopyOption.ATOMIC_MOVE);
        }
        return jar;
    }

    /// Without the cache everything works, later: a training that fails is told and no more.
    private static void train(List<String> java, List<String> main, Path cache)
            throws IOException, InterruptedException {
        Path next = cache.resolveSibling("next");
        Path log = cache.resolveSibling("training.log");
        List<String> command = new ArrayList<>(java);
        command.add("-XX:AOTCacheOutput=" + next);
        command.addAll(main);
        command.add("demo");
        Process training = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (training.waitFor(TRAINING.toSeconds(), TimeUnit.SECONDS)
                    && training.exitValue() == 0
                    && Files.exists(next)) {
                Files.move(next, cache, StandardCopyOption.ATOMIC_MOVE);
            } else {
                System.err.println("processes start without a cache of classes; see " + log);
            }
        } finally {
            training.destroyForcibly();
        }
    }

    private static String digest(List<Path> classPath) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        List<Path> all = new ArrayList<>(classPath);
        all.add(OPTIONS);
        all.add(Path.of(System.getProperty("java.home"), "release"));
        for (Path entry : all) {
            try (Stream<Path> files = Files.walk(entry)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String state = file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file) + "\n";
                    digest.update(state.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 16);
    }
}
