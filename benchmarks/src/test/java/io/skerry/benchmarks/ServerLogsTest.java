package io.skerry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogsTest {

    @TempDir
    Path directory;

    @Test
    void whatAServerPrintedOutlivesTheDirectoryOfItsRun() throws IOException {
        Path scratch = Files.createDirectories(directory.resolve("scratch"));
        Files.writeString(scratch.resolve("lag-1.log"), "why it did not start");
        Files.createDirectories(scratch.resolve("lag-1"));

        Path kept = ServerLogs.keep(scratch, directory.resolve("target/failed"));
        FileTree.delete(scratch);

        assertThat(kept.resolve("lag-1.log")).hasContent("why it did not start");
        assertThat(scratch).doesNotExist();
    }
}
