package io.skerry.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

    @TempDir
    private Path directory;

    @Test
    void aLinkGoesAndWhatItLeadsToStays() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path kept = Files.createFile(outside.resolve("kept"));
        Path tree = directory.resolve("tree");
        Path below = Files.createDirectories(tree.resolve("below"));
        Files.createFile(below.resolve("file"));
        Files.createSymbolicLink(below.resolve("link"), outside);
        Path link = Files.createSymbolicLink(directory.resolve("link"), outside);

        FileTree.delete(tree);
        FileTree.delete(tree); // which is not there
        FileTree.delete(link);

        assertThat(tree).doesNotExist();
        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(kept).exists();
    }
}
