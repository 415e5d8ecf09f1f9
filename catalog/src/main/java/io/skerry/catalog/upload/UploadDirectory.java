package io.skerry.catalog.upload;

import io.skerry.engine.file.Deletions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;

/// Where uploads are: for nobody but the user of this process.
final class UploadDirectory {

    /// What each file there is made with.
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private UploadDirectory() {}

    /// Makes it, and empties it: what a process left there before is known to nobody any more. What cannot be deleted
    /// is in nobody's way: no two uploads have the same name.
    static void prepare(Path directory, Deletions deletions) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        try (Stream<Path> left = Files.list(directory)) {
            for (Path file : left.toList()) {
                deletions.run(file.toString(), () -> Files.deleteIfExists(file));
            }
        }
    }
}
