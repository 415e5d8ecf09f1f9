package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DeletedLogsTest {

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
            var deleted = new DeletedLogs(node.resolve("deleted"), DeletedLogsTest::halfway);

            assertThatThrownBy(() -> deleted.delete(log)).isInstanceOf(DatabaseException.class);

            assertThat(log).doesNotExist();
            assertThat(node.resolve("deleted")).isNotEmptyDirectory();
            RaftNode fra = cluster.start("fra");
            assertThat(fra.groups()).isEmpty();
            assertThat(node.resolve("damaged")).doesNotExist();
            assertThat(node.resolve("deleted")).doesNotExist();
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

    @Test
    void whatCannotBeSweptIsLeftToALaterStart() {
        var deleted = new DeletedLogs(directory, place -> {
            throw new IOException("planned");
        });

        assertThatCode(deleted::sweep).doesNotThrowAnyException();
    }
}
