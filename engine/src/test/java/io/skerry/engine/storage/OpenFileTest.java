package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState.DatabaseCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What SQLite's handles of a file do, and what is done beside them.
class OpenFileTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final Path LOCKS = Path.of("/proc/locks");

    @TempDir
    private Path directory;

    private LeaderAndReplica both;
    private TestNode leader;
    private TestNode replica;

    @BeforeEach
    void start() {
        both = new LeaderAndReplica(directory, ID);
        leader = both.leader;
        replica = both.replica;
    }

    @AfterEach
    void stop() {
        both.close();
    }

    /// SQLite's own checkpoint, at the last close, would bring into the file what no position admits.
    @Test
    void closingAllConnectionsLeavesFileAndWalAsTheyAre() throws IOException {
        for (TestNode node : List.of(leader, replica)) {
            node.number(ID, "SELECT count(*) FROM t");
            Path file = node.directory.resolve(ID + DatabasePaths.FILE);
            Path wal = new DatabasePaths(node.directory, ID).wal();
            long fileBytes = Files.size(file);
            long walBytes = Files.size(wal);
            OpenFile open = node.database(ID).life().fileIfAny();
            assertThat(open).isNotNull();

            open.close();

            assertThat(wal).hasSize(walBytes);
            assertThat(file).hasSize(fileBytes);
        }
    }

    /// Closing any other descriptor of the file would drop the lock of the process, and let another one in.
    @Test
    void theFileStaysLockedWhateverIsDoneWithIt() throws IOException {
        assumeTrue(Files.isReadable(LOCKS), "SKIPPED: that files stay locked is not tested, there is no " + LOCKS);
        for (TestNode node : List.of(leader, replica)) {
            node.number(ID, "SELECT count(*) FROM t");
            assertThat(isLocked(node)).as("while it is open").isTrue();
            for (DatabaseCopy copy : node.group.copies()) {
                copy.bytes();
                copy.writeTo(Channels.newChannel(new ByteArrayOutputStream()), bytes -> {});
            }
            assertThat(isLocked(node)).as("after a copy").isTrue();
            node.database(ID).checkpoints().run(Duration.ofSeconds(30));
            assertThat(isLocked(node)).as("after a checkpoint").isTrue();
            assertThat(node.integrity(ID)).isEqualTo("ok");
            assertThat(isLocked(node)).as("after a reader is closed").isTrue();
        }
    }

    private static boolean isLocked(TestNode node) throws IOException {
        Path file = node.directory.resolve(ID + DatabasePaths.FILE);
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        String pid = " " + ProcessHandle.current().pid() + " ";
        return Files.readString(LOCKS)
                .lines()
                .anyMatch(line -> line.contains("POSIX") && line.contains(pid) && line.contains(inode));
    }
}
