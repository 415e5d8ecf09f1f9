package io.skerry.server.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.stream.Stream;

/// Two certificates of two authorities, made once for all tests: making them takes seconds.
public final class TestCertificates {

    private static final Path ONE = make();
    private static final Path OTHER = make();

    private TestCertificates() {}

    /// A copy of one of them, for the test alone.
    ///
    /// @param directory that is not there yet
    public static DevCertificates one(Path directory) throws IOException {
        return copy(ONE, directory);
    }

    /// A copy of the other.
    public static DevCertificates other(Path directory) throws IOException {
        return copy(OTHER, directory);
    }

    private static Path make() {
        try {
            Path directory = Files.createTempDirectory("skerry-certificates-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            DevCertificates.in(directory, Clock.systemUTC());
            return directory;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static DevCertificates copy(Path from, Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        return new DevCertificates(
                directory.resolve(DevCertificates.AUTHORITY_FILE),
                directory.resolve("server.pem"),
                directory.resolve("server.key"));
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // The directory of temporary files is emptied by others too.
        }
    }
}
