package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.LogIndex;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.SqliteException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints, and closings, that meet a commit or an entry half-way.
class CommitAndCheckpointTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));

    private final FakeLog log = new FakeLog();

    @TempDir
    private Path directory;

    private TestNode leader;

    @BeforeEach
    void start() {
        leader = new TestNode(directory.resolve("leader"), log, true);
        leader.group.create(ID);
        leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    }

    @AfterEach
    void stop() {
        leader.member.pause(false);
        leader.close();
    }

    @Test
    void aFileIsLeftAloneWhileACommitOfItsFormerWriterIsUnderWay() {
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        Position before = position(leader.directory);
        leader.exec(ID, "INSERT INTO t VALUES (1, 'done')");
        leader.member.pause(true);
        long last = log.last();
        var commit = CompletableFuture.supplyAsync(() -> leader.exec(ID, "INSERT INTO t VALUES (2, 'under way')"));
        awaitLast(last + 1);
        leader.member.lead(false);
        leader.member.lead(true);

        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));

        // The log has the commit and the file cannot: nothing may say that the file is complete.
        assertThat(position(leader.directory)).isEqualTo(before);
        leader.member.pause(false);
        assertThat(commit.join().report()).isInstanceOf(CommitReport.Published.class);
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        assertThat(position(leader.directory).replayFrom()).isEqualTo(new LogIndex(log.last()));
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(2);
    }

    @Test
    void aCommitBesideACheckpointOfAnotherThreadAsksTheLog() {
        var paths = new DatabasePaths(directory, new DatabaseId(new UUID(0, 2)));
        var pool = new CommitWork.Pool();
        var barrier =
                new CommitBarrier(TestNode.GROUP, 0, paths.id(), 4096, leader.member, new Closed(), pool, 1 << 20);
        try (var connections = new DatabaseConnections(paths, 4096, 200_000, barrier)) {
            connections.createIfMissing();
            try (Connection writer = connections.writer()) {
                CompletableFuture.runAsync(() -> barrier.checkpointing(true)).join();
                assertThatThrownBy(() -> writer.exec("CREATE TABLE t(a)"))
                        .isInstanceOfSatisfying(
                                SqliteException.class,
                                e -> assertThat(e.extendedCode()).isEqualTo(CommitBarrier.REFUSED));
            }
        }
    }

    @Test
    void aFileIsNotClosedWhileAnEntryIsAppliedToIt() throws Exception {
        try (TestNode replica = new TestNode(directory.resolve("replica"), log, false)) {
            replica.awaitFrame(ID, leader.database(ID).frame());
            StoredDatabase database = replica.database(ID);
            PlainUser.Hold applying = ((PlainUser) database.acquire()).holdApplying();
            database.release();
            Path file = replica.directory.resolve(ID + DatabasePaths.FILE);
            try (Connection other = Connection.open(file, OpenMode.READ_WRITE)) {
                other.exec("BEGIN IMMEDIATE");
                leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
                applying.await();
                other.exec("ROLLBACK");
                assertThat(database.closeIfUnused()).isFalse();
            } finally {
                applying.release();
            }
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
        }
    }

    /// Lets no commit through.
    private static final class Closed implements CommitGate {
        @Override
        public Entrance enter() {
            return new Entrance(LogIndex.BEFORE_FIRST, 0, new Refused(Reason.NOT_LEADER, "closed"));
        }

        @Override
        public AppendOutcome leave(Entrance entrance, Commit commit, AppendOutcome outcome) {
            throw new AssertionError("nothing entered");
        }

        @Override
        public void distrust(String reason) {
            throw new AssertionError(reason);
        }
    }

    private static Position position(Path directory) {
        return ((PositionFile.Reading.Found)
                        new DatabasePaths(directory, ID).position().read())
                .position();
    }

    private void awaitLast(long index) {
        Await.until("entry " + index + " is in the log", () -> log.last() >= index);
    }
}
