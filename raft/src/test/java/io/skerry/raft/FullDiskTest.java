package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.async;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a disk of 48 MB, of which the log preallocates its segments.
class FullDiskTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    private SmallDisk disk;

    @BeforeEach
    void mount() {
        disk = SmallDisk.mountOrSkip(directory, 48);
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void writesAreRefusedBeforeTheDiskIsFullAndResumeWhenThereIsSpace() throws IOException {
        var settings =
                RaftSettings.defaults().change().diskReserveBytes(16 << 20).build();
        try (var log = new LogLines(Spell.class);
                var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            assertThat(commit(group, "before")).isInstanceOf(Committed.class);

            disk.fill(24 << 20);
            await("long transactions are refused", () -> group.log().spillRefusal() != null);
            assertThat(Objects.requireNonNull(group.log().spillRefusal()).reason())
                    .isEqualTo(Reason.DISK_FULL);
            assertThat(commit(group, "short")).isInstanceOf(Committed.class);

            disk.fill(4 << 20);
            await("it is told though nobody writes", () -> !log.warnings().isEmpty());
            await(
                    "writes are refused",
                    () -> commit(group, "full") instanceof Refused refused && refused.reason() == Reason.DISK_FULL);
            assertThat(group.trouble()).as("nothing is stopped").isEmpty();
            assertThat(group.shortage())
                    .hasValueSatisfying(line -> assertThat(line)
                            .contains("KB are free on the log's disk, less than the reserve of 16384 KB")
                            .contains("writes resume when there is space"));

            disk.free();
            await("writes resume", () -> commit(group, "after") instanceof Committed);
            assertThat(group.shortage()).isEmpty();
            assertThat(group.log().spillRefusal()).isNull();
            await("the end is told", () -> log.all().size() == 2);
            assertThat(log.all().getFirst()).startsWith("WARN node fra takes no writes: ");
            assertThat(log.all().getLast()).startsWith("INFO node fra takes writes again");
        }
    }

    @Test
    void aLogThatMetAFullDiskAnswersEveryWriterAndIsStartedAgainWhenThereIsSpace() throws IOException {
        var settings = RaftSettings.defaults()
                .change()
                .diskReserveBytes(0)
                .appendLimit(Duration.ofHours(1))
                .build();
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            assertThat(commit(group, "before")).isInstanceOf(Committed.class);

            disk.fill(0);
            // Not by the time limit of an append, which is an hour here.
            async(() -> await("the log fails", () -> {
                        AppendOutcome outcome = group.log().commit(EntryStore.DATABASE, List.of(new byte[512 << 10]));
                        return !(outcome instanceof Committed);
                    }))
                    .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join();
            await(
                    "it says so",
                    () -> group.trouble()
                            .filter(line -> line.contains("started again when the disk has space"))
                            .isPresent());

            disk.free();
            await("writes resume", () -> group.awaitLeadership(LIMIT) && commit(group, "after") instanceof Committed);
            assertThat(group.trouble()).isEmpty();
            assertThat(cluster.store("fra", GROUP).entries())
                    .startsWith("before")
                    .endsWith("after");
        }
    }
}
