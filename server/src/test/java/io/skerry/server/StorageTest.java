package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.DescriptorShare;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {

    private static final Configuration SETTINGS = Configuration.defaults();

    @TempDir
    private Path home;

    /// A node may run for years.
    @Test
    void theTrashIsEmptiedWhileTheNodeRuns() throws Exception {
        try (Storage storage = Storage.open(home, SETTINGS, DescriptorShare.AMPLE, Duration.ofMillis(5))) {
            Path old = home.resolve("trash/20200101T000000Z_" + new UUID(1, 1));
            Files.createDirectories(home.resolve("trash/99990101T000000Z_" + new UUID(1, 2)));
            Files.createDirectories(old.resolve("log"));

            Await.until("it is deleted", () -> Files.notExists(old));
            assertThat(home.resolve("trash")).isNotEmptyDirectory();
            assertThat(storage.meters()).isNotNull();
        }
    }

    @Test
    void aDeletedGroupIsGoneAndSoIsWhatACrashLeftOfOne() throws IOException {
        var group = new GroupId(new UUID(1, 1));
        Path databases = Files.createDirectories(home.resolve("groups").resolve(group.toString()));
        Files.createFile(databases.resolve("file"));
        Files.createDirectories(home.resolve("deleted").resolve(group + "-1"));
        try (Storage storage = Storage.open(home, SETTINGS, DescriptorShare.AMPLE)) {
            assertThat(home.resolve("deleted")).isEmptyDirectory();

            storage.delete(group);

            assertThat(databases).doesNotExist();
            assertThat(home.resolve("deleted")).isEmptyDirectory();
        }
    }
}
