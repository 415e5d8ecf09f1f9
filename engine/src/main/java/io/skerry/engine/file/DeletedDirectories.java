package io.skerry.engine.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/// Directories that are being deleted. Each is moved here first, by one rename: a crash half way leaves nothing where a
/// start would read it, and what cannot be deleted at the moment is in nobody's way, not in that of one that gets the
/// same name. Thread-safe; one caller at a time for each directory.
public final class DeletedDirectories {

    private final Path place;
    private final Deletions deletions;
    private final Deletion deletion;

    /// Deletes a directory with what is in it, file by file; does nothing if it is not there.
    @FunctionalInterface
    public interface Deletion {
        void delete(Path directory) throws IOException;
    }

    /// @param place where they are until they are gone; need not exist, and is used for nothing else
    /// @param deletions tries again what fails
    public DeletedDirectories(Path place, Deletions deletions, Deletion deletion) {
        this.place = place;
        this.deletions = deletions;
        this.deletion = deletion;
    }

    /// Deletes a directory with what is in it, now or by and by; does nothing if it is not there.
    ///
    /// @throws IOException if it could not be moved away: it is there still, whole
    public void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            deleteMoved(moveInto(place, directory));
        }
    }

    private void deleteMoved(Path moved) {
        deletions.run(moved.toString(), () -> deletion.delete(moved));
    }

    /// Deletes what a crash left.
    public void sweep() {
        deletions.run("what is left in " + place, this::deleteAll);
    }

    private void deleteAll() throws IOException {
        if (Files.isDirectory(place)) {
            List<Path> left;
            try (Stream<Path> entries = Files.list(place)) {
                left = entries.toList();
            }
            left.forEach(this::deleteMoved);
        }
    }

    /// Moves a directory to a place of its own in `aside`, by one rename.
    ///
    /// @return where it is
    public static Path moveInto(Path aside, Path directory) throws IOException {
        Files.createDirectories(aside);
        for (int n = 1; ; n++) {
            Path target = aside.resolve(directory.getFileName() + "-" + n);
            if (!Files.exists(target)) {
                return Files.move(directory, target, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }
}
