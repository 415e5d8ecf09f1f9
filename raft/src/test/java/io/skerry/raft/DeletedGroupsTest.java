package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.DeletedDirectories;
import io.skerry.engine.file.Deletions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeletedGroupsTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    /// As far as a process comes that is killed meanwhile: one file is gone, without which a log is damaged.
    private static void halfway(Path deleted) throws IOException {
        try (Stream<Path> files = Files.walk(deleted)) {
            Files.delete(files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow());
        }
        throw new IOException("killed");
    }

    @Test
    void aDirectoryThatIsHalfDeletedIsSweptAndNotCalledDamaged() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            commit(cluster.start("fra").create(GROUP, LIMIT), "one");
            cluster.stop("fra");
            Path node = cluster.directory("fra");
            Path log = node.resolve("log").resolve(GROUP.toString());
            var deleted = new DeletedDirectories(node.resolve("deleted"), new Deletions(), DeletedGroupsTest::halfway);

            deleted.delete(log);

            assertThat(log).doesNotExist();
            assertThat(node.resolve("deleted")).isNotEmptyDirectory();
            RaftNode fra = cluster.start("fra");
            assertThat(fra.groups()).isEmpty();
            assertThat(node.resolve("damaged")).doesNotExist();
            assertThat(node.resolve("deleted")).isEmptyDirectory();
        }
    }

    @Test
    void nothingIsLeftOfAGroupThatIsDeleted() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");

            fra.delete(GROUP, LIMIT);

            assertThat(cluster.directory("fra").resolve("log")).isEmptyDirectory();
            assertThat(cluster.directory("fra").resolve("deleted")).isEmptyDirectory();
        }
    }

    /// Neither the databases nor the log may be taken for those of a group that comes in its place.
    @Test
    void aGroupWhoseFilesStayIsNotCreatedAgainUntilTheyAreGone() throws IOException {
        var failing = new AtomicBoolean(true);
        var attempts = new AtomicInteger();
        try (var cluster = new TestCluster(directory, RaftSettings.defaults());
                var log = new LogLines(Deletions.class)) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            cluster.store("fra", GROUP).checkpoint();
            cluster.stores("fra").onDelete = () -> {
                attempts.incrementAndGet();
                if (failing.get()) {
                    throw new IllegalStateException("planned");
                }
            };

            assertThatThrownBy(() -> fra.delete(GROUP, LIMIT)).hasMessageContaining("planned");
            assertThatThrownBy(() -> fra.create(GROUP, LIMIT)).hasMessageContaining("is being deleted here");
            await("it is tried again", () -> attempts.get() >= 3);
            assertThat(log.warnings()).singleElement().asString().contains(GROUP.toString(), "planned");
            failing.set(false);

            Path files = cluster.directory("fra").resolve("log").resolve(GROUP.toString());
            await("its log is gone", () -> !Files.exists(files));
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
            await("it can be created", () -> isCreated(fra));
            assertThat(cluster.store("fra", GROUP).entries()).isEmpty();
        }
    }

    private static boolean isCreated(RaftNode node) {
        try {
            node.create(GROUP, LIMIT);
            return true;
        } catch (DatabaseException e) {
            return false;
        }
    }

    @Test
    void anotherOrderDeletesWhatIsLeft() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            cluster.store("fra", GROUP).checkpoint();
            cluster.stores("fra").onDelete = () -> {
                throw new IllegalStateException("planned");
            };
            assertThatThrownBy(() -> fra.delete(GROUP, LIMIT)).hasMessageContaining("planned");
            cluster.stores("fra").onDelete = () -> {};

            fra.delete(GROUP, LIMIT);

            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
            assertThat(fra.create(GROUP, LIMIT).awaitLeadership(LIMIT)).isTrue();
        }
    }
}
