package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a file system of 48 MB that only root can mount.
class FullDiskTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    private boolean mounted;

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        try {
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @BeforeEach
    void mount() throws IOException {
        try {
            mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", directory.toString());
        } catch (IOException e) {
            mounted = false;
        }
        assumeTrue(mounted, "SKIPPED: what happens on a full disk is not tested, no tmpfs can be mounted here");
    }

    @AfterEach
    void unmount() throws IOException {
        if (mounted) {
            run("umount", "-l", directory.toString());
        }
    }

    /// Writes a file until nothing more fits, then gives `spare` bytes back.
    private Path fill(long spare) throws IOException {
        Path file = directory.resolve("ballast");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[64 << 10];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            try (var channel = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
                channel.truncate(Math.max(0, channel.size() - spare));
            }
        }
        return file;
    }

    @Test
    void writesAreRefusedBeforeTheDiskIsFullAndResumeWhenThereIsSpace() throws IOException {
        var settings = RaftSettings.defaults().withDiskReserveBytes(16 << 20);
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            assertThat(commit(group, "before")).isInstanceOf(Committed.class);

            Path ballast = fill(4 << 20);
            await(
                    "writes are refused",
                    () -> commit(group, "full") instanceof Refused refused && refused.reason() == Reason.DISK_FULL);
            assertThat(group.trouble()).isEmpty();

            Files.delete(ballast);
            await("writes resume", () -> commit(group, "after") instanceof Committed);
        }
    }

    @Test
    void aLogThatMetAFullDiskAnswersEveryWriterAndIsStartedAgainWhenThereIsSpace() throws IOException {
        var settings = RaftSettings.defaults().withDiskReserveBytes(0);
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            assertThat(commit(group, "before")).isInstanceOf(Committed.class);

            Path ballast = fill(0);
            await("the log fails", () -> {
                AppendOutcome outcome = group.log().commit(EntryStore.DATABASE, List.of(new byte[512 << 10]));
                return !(outcome instanceof Committed);
            });
            await(
                    "it says so",
                    () -> group.trouble()
                            .filter(line -> line.contains("started again when the disk has space"))
                            .isPresent());

            Files.delete(ballast);
            await("writes resume", () -> group.awaitLeadership(LIMIT) && commit(group, "after") instanceof Committed);
            assertThat(group.trouble()).isEmpty();
            assertThat(cluster.store("fra", GROUP).entries())
                    .startsWith("before")
                    .endsWith("after");
        }
    }
}
