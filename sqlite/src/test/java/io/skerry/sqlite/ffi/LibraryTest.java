package io.skerry.sqlite.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryTest {
    @TempDir
    Path cache;

    @Test
    void theLibraryIsExtractedOnceForItsOwnerAlone() throws Exception {
        byte[] content = {1, 2, 3};
        Path first = Library.extract(content, cache.resolve("new"), "lib.so");
        assertThat(first).hasBinaryContent(content);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first.getParent())))
                .isEqualTo("rwx------");
        Object before = Files.getAttribute(first, "unix:ino");
        assertThat(Library.extract(content, cache.resolve("new"), "lib.so")).isEqualTo(first);
        assertThat(Files.getAttribute(first, "unix:ino")).isEqualTo(before);
        try (Stream<Path> files = Files.list(first.getParent())) {
            assertThat(files).containsExactly(first);
        }
    }

    @Test
    void aDamagedCopyIsReplacedAndAnotherLibraryStandsBesideIt() throws Exception {
        byte[] content = {1, 2, 3};
        Path file = Library.extract(content, cache, "lib.so");
        Files.write(file, new byte[] {1, 2});
        assertThat(Library.extract(content, cache, "lib.so")).hasBinaryContent(content);
        assertThat(Library.extract(new byte[] {9}, cache, "lib.so")).isNotEqualTo(file);
    }
}
