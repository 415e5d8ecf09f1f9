package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// What servers printed, saved from a run that failed: everything else of the run is deleted.
final class ServerLogs {

    private ServerLogs() {}

    /// Moves the logs in `scratch` to `kept`, which need not exist; older ones of the same name are replaced.
    ///
    /// @return `kept`
    static Path keep(Path scratch, Path kept) throws IOException {
        Files.createDirectories(kept);
        for (Path log : logs(scratch)) {
            Files.move(log, kept.resolve(log.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        return kept;
    }

    private static List<Path> logs(Path scratch) throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .toList();
        }
    }
}
