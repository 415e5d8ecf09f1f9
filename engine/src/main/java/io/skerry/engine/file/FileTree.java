package io.skerry.engine.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A directory with all that is in it.
public final class FileTree {

    private FileTree() {}

    /// Deletes it, file by file; does nothing if it is not there. Links are deleted, and not followed.
    ///
    /// @throws IOException if that fails: some of it is gone then
    public static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.exists(directory) ? Files.walk(directory) : Stream.empty()) {
            // What is inside a directory goes before it.
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
