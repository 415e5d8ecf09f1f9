package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState.SnapshotReceiver;
import io.skerry.engine.LogIndex;
import io.skerry.engine.testing.Await;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Databases that are dropped while the disk does not let their files go.
class DropsTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId OTHER = new DatabaseId(new UUID(0, 2));

    @TempDir
    private Path directory;

    private final FakeLog log = new FakeLog();
    private TestNode node;

    @BeforeEach
    void start() {
        node = new TestNode(directory.resolve("node"), log, true);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void create(DatabaseId id) {
        node.group.create(id);
        node.exec(id, "CREATE TABLE t(a)");
        node.exec(id, "INSERT INTO t VALUES (1)");
    }

    private Path file(DatabaseId id) {
        return node.directory.resolve(id + DatabasePaths.FILE);
    }

    /// A name of the database's that cannot be deleted while something is in it.
    private Path obstacle() {
        return node.directory.resolve(ID + DatabasePaths.JOURNAL);
    }

    private void block() throws IOException {
        Files.createDirectory(obstacle());
        Files.createFile(obstacle().resolve("something"));
    }

    private void unblock() throws IOException {
        Files.delete(obstacle().resolve("something"));
    }

    private void dropInVain() throws IOException {
        create(ID);
        block();
        node.group.drop(ID);
        Await.until("it was tried", node.node.deletions()::isWaiting);
        assertThat(file(ID)).exists();
    }

    private void lookLater() {
        node.node.deletions().look(System.nanoTime() + Duration.ofHours(1).toNanos());
    }

    @Test
    void whatCannotBeDeletedAtOnceIsDeletedLater() throws IOException {
        dropInVain();
        unblock();

        Await.until("the files are gone", () -> Files.notExists(file(ID)) && Files.notExists(obstacle()));
        Await.until("nothing waits", () -> !node.node.deletions().isWaiting());
    }

    @Test
    void aDatabaseThatCameAgainMeanwhileKeepsItsFiles() throws IOException {
        dropInVain();
        unblock();
        create(ID);

        lookLater();

        assertThat(file(ID)).exists();
        node.use(ID, user -> 0);
        Await.until("it is closed", node.database(ID)::closeIfUnused);
        assertThat(node.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
    }

    @Test
    void aDatabaseThatASnapshotBringsBackKeepsItsFiles() throws IOException {
        create(ID);
        var copy = new ByteArrayOutputStream();
        node.group.copies().getFirst().writeTo(Channels.newChannel(copy), count -> {});
        block();
        node.group.drop(ID);
        Await.until("it was tried", node.node.deletions()::isWaiting);
        unblock();
        node.member.stop();
        try (SnapshotReceiver receiver = node.group.receive()) {
            receiver.database(ID, Channels.newChannel(new ByteArrayInputStream(copy.toByteArray())), count -> {});
            receiver.install(new LogIndex(-1), node.member.applied());
        }

        lookLater();

        assertThat(file(ID)).exists();
    }

    @Test
    void filesOfAGroupThatIsClosedAreNotTouched() throws IOException {
        dropInVain();
        node.group.close();
        unblock();

        lookLater();

        assertThat(file(ID)).exists();
        assertThat(node.node.deletions().isWaiting()).isFalse();
    }

    @Test
    void aGroupStartsWithFilesThatCannotBeDeleted() throws IOException {
        dropInVain();
        create(OTHER);
        node.group.checkpoint();
        long last = log.last();
        log.purge(node.group.checkpoint());
        node.close();

        node = new TestNode(node.directory, log, true);
        assertThat(log.last()).isGreaterThanOrEqualTo(last);
        assertThat(node.number(OTHER, "SELECT count(*) FROM t")).isEqualTo(1);
        unblock();

        Await.until("the files are gone", () -> Files.notExists(file(ID)));
    }

    /// What is there would be taken for the new one's.
    @Test
    void aDatabaseIsNotCreatedOnFilesThatCannotBeDeleted() throws IOException {
        dropInVain();

        assertThatThrownBy(() -> node.group.create(ID)).hasMessageContaining("is not applied");
        assertThat(node.member.failure())
                .hasMessageContaining("cannot delete " + obstacle().getFileName());
    }
}
