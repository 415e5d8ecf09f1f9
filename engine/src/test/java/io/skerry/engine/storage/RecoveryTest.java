package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.LogIndex;
import io.skerry.engine.Meters;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest {

    private static final DatabaseId ID = id(1);
    private static final DatabaseId OTHER = id(2);

    private final FakeLog log = new FakeLog();
    private final List<TestNode> nodes = new ArrayList<>();

    @TempDir
    private Path directory;

    private TestNode leader;

    private static DatabaseId id(int number) {
        return new DatabaseId(new UUID(0, number));
    }

    @BeforeEach
    void start() {
        leader = node("leader", true);
        leader.group.create(ID);
        leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
    }

    private TestNode node(String name, boolean leads) {
        return node(name, leads, TestNode.SETTINGS);
    }

    private TestNode node(String name, boolean leads, StorageSettings settings) {
        TestNode node = new TestNode(directory.resolve(name), log, leads, settings);
        nodes.add(node);
        return node;
    }

    private void insert(TestNode node, DatabaseId id, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(node.exec(id, "INSERT INTO t(b) VALUES (hex(randomblob(100)))")
                            .error())
                    .isNull();
        }
    }

    /// The leader dies as it is, and its directory is started again.
    private TestNode crashAndRestart(String name) {
        leader.crashTo(directory.resolve(name));
        leader.member.stop();
        return node(name, true);
    }

    private void assertSameAsReplayFromEmpty(TestNode node, DatabaseId id) {
        TestNode fresh = node("fresh" + nodes.size(), false);
        fresh.member.awaitApplied(log.last());
        assertThat(node.integrity(id)).isEqualTo("ok");
        assertThat(node.bytes(id)).isEqualTo(fresh.bytes(id));
    }

    @Test
    void everyAcknowledgedCommitIsThereAfterACrash() {
        insert(leader, ID, 50);
        TestNode restarted = crashAndRestart("crashed");
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(50);
        assertThat(restarted.database(ID).frame()).isEqualTo(leader.database(ID).frame());
        insert(restarted, ID, 5);
        assertSameAsReplayFromEmpty(restarted, ID);
    }

    @Test
    void aRestartNeedsNoEntryAtOrBeforeTheCheckpoint() {
        insert(leader, ID, 50);
        LogIndex checkpoint = leader.group.checkpoint();
        assertThat(checkpoint.value()).isGreaterThanOrEqualTo(50);
        log.purge(checkpoint);
        insert(leader, ID, 7);
        TestNode restarted = crashAndRestart("crashed");
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(57);
        assertThat(restarted.integrity(ID)).isEqualTo("ok");
    }

    @Test
    void aReplicaMovesItsReplayStartByTheMarkerOfTheLeader() {
        TestNode replica = node("replica", false);
        insert(leader, ID, 20);
        replica.awaitFrame(ID, leader.database(ID).frame());
        assertThat(replica.group.checkpoint().value())
                .as("the epoch began with the first entry")
                .isLessThan(2);
        leader.group.checkpoint();
        replica.member.awaitApplied(log.last());
        LogIndex checkpoint = replica.group.checkpoint();
        assertThat(checkpoint.value()).isEqualTo(log.last());
        log.purge(checkpoint);
        insert(leader, ID, 5);
        replica.member.awaitApplied(log.last());
        replica.crashTo(directory.resolve("crashed"));
        TestNode restarted = node("crashed", false);
        restarted.member.awaitApplied(log.last());
        assertThat(restarted.bytes(ID)).isEqualTo(leader.bytes(ID));
    }

    @Test
    void aCheckpointAdmitsWhatIsCommittedButNotYetAccountedFor() throws Exception {
        TestNode replica = node("replica", false);
        insert(leader, ID, 20);
        replica.awaitFrame(ID, leader.database(ID).frame());
        Path crashed = directory.resolve("crashed");
        replica.crashBetweenCommitAndAccount(ID, () -> insert(leader, ID, 1), 21, crashed);
        var paths = new DatabasePaths(crashed, ID);
        paths.deleteWal();
        try (Connection alone = Connection.open(paths.file(), OpenMode.READ_WRITE)) {
            assertThat(PlainUser.number(alone, "SELECT count(*) FROM t"))
                    .as("the checkpoint has written the entry")
                    .isEqualTo(21);
        }
        assertThat(paths.position().read())
                .isInstanceOfSatisfying(
                        PositionFile.Reading.Found.class,
                        found -> assertThat(found.position().consistentAt()).isEqualTo(new LogIndex(log.last())));
    }

    @Test
    void aFormerLeaderMovesItsReplayStartByTheMarkerOfItsSuccessor() {
        TestNode replica = node("replica", false);
        insert(leader, ID, 20);
        replica.awaitFrame(ID, leader.database(ID).frame());
        leader.member.lead(false);
        replica.member.lead(true);
        replica.group.checkpoint();
        leader.member.awaitApplied(log.last());
        assertThat(leader.group.checkpoint().value()).isEqualTo(log.last());
    }

    @Test
    void aDatabaseThatDidNotChangeHoldsNothingBack() {
        insert(leader, ID, 5);
        leader.group.create(OTHER);
        leader.exec(OTHER, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        log.purge(leader.group.checkpoint());
        insert(leader, OTHER, 50);
        LogIndex later = leader.group.checkpoint();
        assertThat(later.value()).isGreaterThan(50);
        log.purge(later);
        insert(leader, ID, 2);
        TestNode restarted = crashAndRestart("crashed");
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(7);
        assertThat(restarted.number(OTHER, "SELECT count(*) FROM t")).isEqualTo(50);
    }

    @Test
    void aFencedDatabaseThatWasCleanIsRebuiltFromAPurgedLog() {
        insert(leader, ID, 5);
        log.purge(leader.group.checkpoint());
        leader.group.create(OTHER);
        log.purge(leader.group.checkpoint());
        log.next(FakeLog.Fate.UNKNOWN_ARRIVES);
        leader.exec(ID, "INSERT INTO t(b) VALUES ('late')");
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(6);
    }

    @Test
    void aCreatedDatabaseSurvivesACrashAndAPurge() {
        leader.group.create(OTHER);
        TestNode restarted = crashAndRestart("crashed");
        assertThat(restarted.group.databases()).contains(ID, OTHER);
        log.purge(restarted.group.checkpoint());
        restarted.crashTo(directory.resolve("again"));
        restarted.member.stop();
        TestNode again = node("again", true);
        assertThat(again.group.databases()).contains(ID, OTHER);
        assertThat(again.exec(OTHER, "CREATE TABLE u(x)").error()).isNull();
    }

    /// Files of the databases with these ids, as they were, take the place of those that are there.
    private void bringBack(String from, String to, DatabaseId... ids) throws IOException {
        for (DatabaseId id : ids) {
            for (String suffix : List.of(DatabasePaths.FILE, DatabasePaths.POSITION)) {
                Files.copy(
                        directory.resolve(from).resolve(id + suffix),
                        directory.resolve(to).resolve(id + suffix),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /// Two databases at a checkpoint (`backup`), more rows, and another checkpoint (`now`) that lets go of the log.
    private void makeBackupAndGoOn() {
        leader.group.create(OTHER);
        leader.exec(OTHER, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        insert(leader, ID, 5);
        insert(leader, OTHER, 5);
        leader.group.checkpoint();
        leader.crashTo(directory.resolve("backup"));
        insert(leader, ID, 5);
        insert(leader, OTHER, 5);
        log.purge(leader.group.checkpoint());
        leader.crashTo(directory.resolve("now"));
        leader.member.stop();
    }

    private static void assertStopped(TestNode node, DatabaseId id, String... words) {
        assertThatThrownBy(() -> node.number(id, "SELECT 1"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .message()
                .contains(words);
        assertThat(node.group.troubles()).anySatisfy(line -> assertThat(line).contains(words));
    }

    /// Whether the node leads, or only follows; and still after a start and a checkpoint more.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void filesThatAreOlderThanTheLogStopTheirDatabaseAlone(boolean leads) throws IOException {
        makeBackupAndGoOn();
        bringBack("backup", "now", ID);
        for (String name : List.of("now", "again")) {
            TestNode restarted = node(name, leads);
            assertStopped(restarted, ID, "older than the log", "from one backup", "add it again");
            assertThat(restarted.number(OTHER, "SELECT count(*) FROM t")).isGreaterThanOrEqualTo(10);
            if (leads) {
                insert(restarted, OTHER, 1);
                assertThatThrownBy(() -> restarted.exec(ID, "DELETE FROM t"))
                        .hasMessageContaining("older than the log");
                log.purge(restarted.group.checkpoint());
            }
            restarted.member.stop();
            if (name.equals("now")) {
                restarted.crashTo(directory.resolve("again"));
            }
        }
    }

    @Test
    void aDatabaseWhosePositionIsMissingStopsAndItsFileIsKept() throws IOException {
        makeBackupAndGoOn();
        Files.delete(directory.resolve("now").resolve(ID + DatabasePaths.POSITION));
        TestNode restarted = node("now", true);
        assertStopped(restarted, ID, "position file is missing");
        assertThat(directory.resolve("now").resolve(ID + DatabasePaths.FILE)).exists();
        assertThat(restarted.number(OTHER, "SELECT count(*) FROM t")).isEqualTo(10);
        restarted.group.drop(ID);
        assertThat(restarted.group.troubles()).isEmpty();
        assertNoFiles(directory.resolve("now"), ID);
    }

    @Test
    void aGroupWhoseFilesAreAllOlderThanTheLogDoesNotStart() {
        makeBackupAndGoOn();
        try (var node = new StorageNode(TestNode.SETTINGS, PlainUser::new, new Meters())) {
            var files = new GroupFiles(TestNode.GROUP, 0, directory.resolve("backup"), node);
            assertThatThrownBy(() -> log.join(new StoredGroup(files), false))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                    .hasMessageContaining("older than the log")
                    .hasMessageContaining("add it again");
        }
        assertThat(directory.resolve("backup").resolve(ID + DatabasePaths.FILE)).exists();
    }

    @Test
    void olderFilesThatTheLogStillBringsUpToDateAreNoHole() throws IOException {
        insert(leader, ID, 5);
        log.purge(leader.group.checkpoint());
        leader.crashTo(directory.resolve("backup"));
        insert(leader, ID, 5);
        leader.group.checkpoint();
        leader.crashTo(directory.resolve("now"));
        leader.member.stop();
        bringBack("backup", "now", ID);
        TestNode restarted = node("now", true);
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(10);
        assertThat(restarted.group.troubles()).isEmpty();
    }

    /// The record of the checkpoint has the first one of that id, which had more.
    @Test
    void aDatabaseThatWasDroppedAndMadeAgainSinceTheCheckpointIsNoHole() {
        makeBackupAndGoOn();
        TestNode restarted = node("now", true);
        restarted.group.drop(ID);
        restarted.group.drop(OTHER);
        restarted.group.create(ID);
        restarted.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        assertThat(restarted.database(ID).checkpoints().run(Duration.ofSeconds(30)))
                .isTrue();
        restarted.crashTo(directory.resolve("crashed"));
        restarted.member.stop();
        TestNode again = node("crashed", true);
        again.member.awaitApplied(log.last());
        assertThat(again.group.troubles()).isEmpty();
        assertThat(again.group.databases()).containsExactly(ID);
        assertThat(again.number(ID, "SELECT count(*) FROM t")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "skerry-checkpoint 1", "nothing of the kind\nat all\n"})
    void aRecordThatIsDamagedSaysWhatToDo(String content) throws IOException {
        makeBackupAndGoOn();
        Path file = Files.writeString(directory.resolve("now").resolve(CheckpointFile.NAME), content);
        assertThatThrownBy(() -> new CheckpointFile(directory.resolve("now"), TestNode.GROUP).read())
                .hasMessageContaining("is damaged")
                .hasMessageContaining("delete it");
        Files.delete(file);
        assertThat(node("now", true).number(ID, "SELECT count(*) FROM t")).isEqualTo(10);
    }

    /// The group is closed while a checkpoint is under way: it ends when all databases are closed.
    @Test
    void aCheckpointThatEndsAfterTheCloseLeavesTheLogThatItsFilesLack() {
        insert(leader, ID, 5);
        log.purge(leader.group.checkpoint());
        insert(leader, ID, 2);
        leader.group.create(OTHER);
        leader.exec(OTHER, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        insert(leader, OTHER, 3);
        leader.group.close();
        log.purge(leader.group.checkpoint());
        TestNode restarted = crashAndRestart("crashed");
        assertThat(restarted.group.databases()).contains(ID, OTHER);
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(7);
        assertThat(restarted.number(OTHER, "SELECT count(*) FROM t")).isEqualTo(3);
    }

    @Test
    void aDroppedDatabaseLeavesNoFilesAndStaysDropped() {
        leader.group.create(OTHER);
        leader.exec(OTHER, "CREATE TABLE u(x)");
        leader.group.checkpoint();
        leader.crashTo(directory.resolve("before"));
        leader.group.drop(OTHER);
        assertThat(leader.group.database(OTHER)).isEmpty();
        TestNode replayed = node("before", false);
        replayed.member.awaitApplied(log.last());
        assertThat(replayed.group.databases()).containsExactly(ID);
        assertNoFiles(directory.resolve("before"), OTHER);
        assertNoFiles(directory.resolve("leader"), OTHER);
    }

    private static void assertNoFiles(Path directory, DatabaseId id) {
        Await.until("the files of " + id + " are gone", () -> !hasFiles(directory, id));
    }

    private static boolean hasFiles(Path directory, DatabaseId id) {
        return List.of(".db", ".db-wal", ".position").stream()
                .anyMatch(suffix -> Files.exists(directory.resolve(id + suffix)));
    }

    @Test
    void aFileWithoutAPositionIsSweptAndMadeAgain() throws Exception {
        insert(leader, ID, 3);
        leader.crashTo(directory.resolve("crashed"));
        assertThat(directory.resolve("crashed").resolve(ID + ".position")).doesNotExist();
        Files.writeString(directory.resolve("crashed").resolve(ID + ".db"), "what a crash left");
        Files.writeString(directory.resolve("crashed").resolve(OTHER + ".db"), "an orphan");
        TestNode restarted = node("crashed", false);
        restarted.member.awaitApplied(log.last());
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(3);
        assertThat(hasFiles(directory.resolve("crashed"), OTHER)).isFalse();
    }

    @Test
    void aDamagedPositionFileStopsThatDatabaseAlone() throws Exception {
        leader.group.create(OTHER);
        leader.exec(OTHER, "CREATE TABLE u(x)");
        insert(leader, ID, 3);
        leader.group.checkpoint();
        leader.crashTo(directory.resolve("crashed"));
        Files.writeString(directory.resolve("crashed").resolve(OTHER + ".position"), "not a position");
        TestNode restarted = node("crashed", false);
        restarted.member.awaitApplied(log.last());
        assertThatThrownBy(() -> restarted.number(OTHER, "SELECT 1"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining("position file")
                .hasMessageContaining("add it again");
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(3);
    }

    @Test
    void aMissingFileStopsThatDatabaseAlone() throws Exception {
        insert(leader, ID, 3);
        leader.group.checkpoint();
        leader.crashTo(directory.resolve("crashed"));
        Files.delete(directory.resolve("crashed").resolve(ID + ".db"));
        TestNode restarted = node("crashed", false);
        assertThatThrownBy(() -> restarted.number(ID, "SELECT 1")).hasMessageContaining("is missing");
    }

    @Test
    void nobodyOpensAFileBeforeTheLogHasReachedWhatItMayHold() {
        insert(leader, ID, 30);
        leader.group.checkpoint();
        insert(leader, ID, 30);
        leader.crashTo(directory.resolve("crashed"));
        // A crash in the middle of a checkpoint: the position says that the file may hold everything.
        var file = new PositionFile(directory.resolve("crashed"), ID);
        var found = ((PositionFile.Reading.Found) file.read()).position();
        file.write(new Position(
                found.group(),
                found.database(),
                found.pageSize(),
                found.replayFrom(),
                new LogIndex(log.last()),
                found.frame(),
                found.epochStart()));
        log.joinPaused(true);
        TestNode restarted = node("crashed", false, TestNode.impatient());
        log.joinPaused(false);
        assertThatThrownBy(() -> restarted.number(ID, "SELECT 1"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining("brought up to date");
        restarted.member.pause(false);
        restarted.member.awaitApplied(log.last());
        assertThat(restarted.number(ID, "SELECT count(*) FROM t")).isEqualTo(60);
    }

    @Test
    void aTransactionWhosePiecesSpanTheEndOfTheReplayIsWhole() {
        insert(leader, ID, 3);
        TestNode replica = node("replica", false);
        replica.member.awaitApplied(log.last());
        replica.member.pause(true);
        leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(5000000))");
        replica.member.pause(false);
        replica.member.awaitApplied(log.last() - 2);
        replica.crashTo(directory.resolve("crashed"));
        TestNode restarted = node("crashed", false);
        leader.exec(ID, "INSERT INTO t(b) VALUES (1)");
        restarted.member.awaitApplied(log.last());
        assertThat(restarted.bytes(ID)).isEqualTo(leader.bytes(ID));
    }

    @Test
    void noMoreDatabasesAreOpenThanAllowed() {
        var few = new StorageSettings(
                3, Duration.ofHours(1), Duration.ofSeconds(60), 200_000, 64L << 20, 4096, 2, 2, Integer.MAX_VALUE);
        var fewLog = new FakeLog();
        try (var node = new TestNode(directory.resolve("few"), fewLog, true, few)) {
            for (int i = 1; i <= 12; i++) {
                node.group.create(id(i));
                node.exec(id(i), "CREATE TABLE t(a)");
                node.exec(id(i), "INSERT INTO t VALUES (" + i + ")");
                assertThat(node.node.openDatabases()).isLessThanOrEqualTo(3);
            }
            for (int i = 12; i >= 1; i--) {
                assertThat(node.number(id(i), "SELECT a FROM t")).isEqualTo(i);
                assertThat(node.exec(id(i), "INSERT INTO t VALUES (0)").error()).isNull();
                assertThat(node.node.openDatabases()).isLessThanOrEqualTo(3);
            }
            try (var replica = new TestNode(directory.resolve("fewReplica"), fewLog, false, few)) {
                replica.member.awaitApplied(fewLog.last());
                for (int i = 1; i <= 12; i++) {
                    assertThat(replica.bytes(id(i))).isEqualTo(node.bytes(id(i)));
                }
            }
        }
    }

    @Test
    void whenAllAreInUseAnotherOneIsRefused() {
        var one = new StorageSettings(
                1, Duration.ofHours(1), Duration.ofSeconds(1), 200_000, 64L << 20, 4096, 2, 2, Integer.MAX_VALUE);
        try (var node = new TestNode(directory.resolve("one"), new FakeLog(), true, one)) {
            node.group.create(ID);
            node.group.create(OTHER);
            node.use(ID, user -> {
                user.exec("CREATE TABLE t(a)");
                assertThatThrownBy(() -> node.number(OTHER, "SELECT 1"))
                        .isInstanceOfSatisfying(
                                DatabaseException.class,
                                e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
                return 0;
            });
            assertThat(node.number(OTHER, "SELECT 1")).isEqualTo(1);
        }
    }

    @Test
    void anIdleDatabaseIsClosedWithoutAWal() {
        insert(leader, ID, 3);
        leader.bytes(ID);
        assertThat(leader.node.openDatabases()).isZero();
        Path wal = directory.resolve("leader").resolve(ID + ".db-wal");
        assertThat(wal)
                .satisfiesAnyOf(
                        path -> assertThat(path).doesNotExist(),
                        path -> assertThat(path).isEmptyFile());
        insert(leader, ID, 3);
        assertSameAsReplayFromEmpty(leader, ID);
    }

    @Test
    void whileTheGroupIsClosedItsDatabasesAnswerUnavailable() {
        StoredDatabase database = leader.database(ID);
        leader.close();
        nodes.remove(leader);
        assertThatThrownBy(database::acquire)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }
}
