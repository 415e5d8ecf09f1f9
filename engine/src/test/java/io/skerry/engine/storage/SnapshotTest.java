package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState.DatabaseCopy;
import io.skerry.engine.GroupState.SnapshotReceiver;
import io.skerry.engine.LogIndex;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId OTHER = new DatabaseId(new UUID(0, 2));
    private static final DatabaseId THIRD = new DatabaseId(new UUID(0, 3));

    private final FakeLog log = new FakeLog();
    private final List<TestNode> nodes = new ArrayList<>();

    @TempDir
    private Path directory;

    private TestNode leader;

    @BeforeEach
    void start() {
        leader = node("leader", true);
        for (DatabaseId id : List.of(ID, OTHER)) {
            leader.group.create(id);
            leader.exec(id, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            leader.exec(
                    id,
                    "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                            + " SELECT randomblob(1000) FROM n");
        }
        log.purge(leader.group.checkpoint());
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
    }

    private TestNode node(String name, boolean leads) {
        TestNode node = new TestNode(directory.resolve(name), log, leads);
        nodes.add(node);
        return node;
    }

    /// Copies every database, and says from where the log is needed.
    private LogIndex copy(TestNode source, Map<DatabaseId, byte[]> copies) throws IOException {
        LogIndex from = source.member.applied();
        for (DatabaseCopy copy : source.group.copies()) {
            var bytes = new ByteArrayOutputStream();
            var progress = new AtomicLong();
            LogIndex needed = copy.writeTo(Channels.newChannel(bytes), progress::addAndGet);
            assertThat(progress).hasValue(bytes.size());
            from = needed.compareTo(from) < 0 ? needed : from;
            copies.put(copy.database(), bytes.toByteArray());
        }
        return from;
    }

    private void receive(SnapshotReceiver receiver, Map<DatabaseId, byte[]> copies) throws IOException {
        for (var copy : copies.entrySet()) {
            receiver.database(
                    copy.getKey(), Channels.newChannel(new ByteArrayInputStream(copy.getValue())), count -> {});
        }
    }

    @Test
    void aNewMemberStartsFromACopyMadeUnderLoad() throws Exception {
        var writing = new AtomicBoolean(true);
        var random = new Random(7);
        Thread writer = Thread.ofPlatform().start(() -> {
            while (writing.get()) {
                leader.exec(ID, "UPDATE t SET b = randomblob(1000) WHERE a % 7 = " + random.nextInt(7));
                leader.exec(OTHER, "INSERT INTO t(b) VALUES (randomblob(3000))");
                if (random.nextInt(4) == 0) {
                    leader.group.checkpoint();
                }
            }
        });
        for (int round = 0; round < 4; round++) {
            Map<DatabaseId, byte[]> copies = new HashMap<>();
            LogIndex from = copy(leader, copies);
            LogIndex end = leader.member.applied();
            Path joined = directory.resolve("joined" + round);
            TestNode replica = node("joined" + round, false);
            replica.member.stop();
            try (SnapshotReceiver receiver = replica.group.receive()) {
                receive(receiver, copies);
                receiver.install(from, end);
            }
            replica.crashTo(directory.resolve("restarted" + round));
            TestNode restarted = node("restarted" + round, false);
            restarted.awaitFrame(ID, leader.database(ID).frame());
            assertThat(restarted.integrity(ID)).isEqualTo("ok");
            assertThat(restarted.integrity(OTHER)).isEqualTo("ok");
            assertThat(staging(joined)).isEmpty();
        }
        writing.set(false);
        writer.join();
        for (DatabaseId id : List.of(ID, OTHER)) {
            byte[] expected = leader.bytes(id);
            for (int round = 0; round < 4; round++) {
                TestNode restarted = nodes.get(2 + 2 * round);
                restarted.member.awaitApplied(log.last());
                assertThat(restarted.bytes(id)).as("round %d", round).isEqualTo(expected);
            }
        }
    }

    @Test
    void aReplicaCanBeCopiedToo() throws Exception {
        Map<DatabaseId, byte[]> copies = new HashMap<>();
        LogIndex from = copy(leader, copies);
        TestNode replica = node("replica", false);
        replica.member.stop();
        install(replica, copies, from);
        replica.crashTo(directory.resolve("second"));
        TestNode second = node("second", false);
        leader.exec(ID, "INSERT INTO t(b) VALUES (1)");
        second.member.awaitApplied(log.last());
        Map<DatabaseId, byte[]> again = new HashMap<>();
        LogIndex fromAgain = copy(second, again);
        TestNode third = node("third", false);
        third.member.stop();
        install(third, again, fromAgain);
        third.crashTo(directory.resolve("fourth"));
        TestNode fourth = node("fourth", false);
        fourth.member.awaitApplied(log.last());
        assertThat(fourth.bytes(ID)).isEqualTo(leader.bytes(ID));
    }

    /// What is dropped is not in the copy: entries for it, and the one that drops it, come with the log.
    @Test
    void aDatabaseThatIsDroppedMeanwhileSaysSoAndTheOthersAreASnapshot() throws Exception {
        leader.group.create(THIRD);
        leader.exec(THIRD, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        Map<DatabaseId, DatabaseCopy> listed = new HashMap<>();
        leader.group.copies().forEach(copy -> listed.put(copy.database(), copy));
        LogIndex from = leader.member.applied();
        leader.exec(ID, "UPDATE t SET b = 1");
        leader.exec(OTHER, "UPDATE t SET b = 1");
        var sent = new ByteArrayOutputStream();
        Copying toDropIn = new Copying(Channels.newChannel(sent), () -> leader.group.drop(ID));
        assertGone(ID, Objects.requireNonNull(listed.get(ID)), toDropIn);
        assertThat(sent.size()).isBetween(1, 200_000);
        leader.group.drop(OTHER);
        sent.reset();
        assertGone(OTHER, Objects.requireNonNull(listed.get(OTHER)), Channels.newChannel(sent));
        assertThat(sent.size()).isZero();
        var third = new ByteArrayOutputStream();
        Objects.requireNonNull(listed.get(THIRD)).writeTo(Channels.newChannel(third), count -> {});
        leader.exec(THIRD, "INSERT INTO t(b) VALUES (1)");

        TestNode replica = node("replica", false);
        replica.member.stop();
        try (SnapshotReceiver receiver = replica.group.receive()) {
            receive(receiver, Map.of(THIRD, third.toByteArray()));
            receiver.install(from, new LogIndex(log.last()));
        }
        replica.crashTo(directory.resolve("restarted"));
        TestNode restarted = node("restarted", false);
        restarted.member.awaitApplied(log.last());
        assertThat(restarted.member.failure()).isNull();
        assertThat(restarted.group.databases()).containsExactly(THIRD);
        assertThat(restarted.group.troubles()).isEmpty();
        assertThat(restarted.bytes(THIRD)).isEqualTo(leader.bytes(THIRD));
    }

    private static void assertGone(DatabaseId id, DatabaseCopy copy, WritableByteChannel out) {
        assertThatThrownBy(() -> copy.writeTo(out, count -> {}))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SUCH_DATABASE))
                .hasMessageContaining(id + " was deleted");
    }

    /// Does something when the file's first bytes have come.
    private static final class Copying implements WritableByteChannel {
        private final WritableByteChannel to;
        private @Nullable Runnable next;

        Copying(WritableByteChannel to, Runnable next) {
            this.to = to;
            this.next = next;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int count = to.write(source);
            Runnable now = next;
            if (now != null && count > CopyHeader.BYTES) {
                next = null;
                now.run();
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return to.isOpen();
        }

        @Override
        public void close() throws IOException {
            to.close();
        }
    }

    private void install(TestNode node, Map<DatabaseId, byte[]> copies, LogIndex from) throws IOException {
        try (SnapshotReceiver receiver = node.group.receive()) {
            receive(receiver, copies);
            receiver.install(from, new LogIndex(log.last()));
        }
    }

    @Test
    void aDamagedCopyIsNotTakenAndNothingChanges() throws Exception {
        Map<DatabaseId, byte[]> copies = new HashMap<>();
        copy(leader, copies);
        byte[] damaged = Objects.requireNonNull(copies.get(ID)).clone();
        damaged[damaged.length / 2] ^= 1;
        long count = leader.number(ID, "SELECT count(*) FROM t");
        try (SnapshotReceiver receiver = leader.group.receive()) {
            assertThatThrownBy(() -> receive(receiver, Map.of(ID, damaged))).hasMessageContaining("checksum");
            assertThatThrownBy(() -> receive(receiver, Map.of(OTHER, damaged))).hasMessageContaining("was sent for");
            byte[] cut = Arrays.copyOf(damaged, 5000);
            assertThatThrownBy(() -> receive(receiver, Map.of(ID, cut))).hasMessageContaining("ended too early");
        }
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(count);
        assertThat(staging(directory.resolve("leader"))).isEmpty();
    }

    /// Of a group that is closed and opened while it receives one: what the first does late is not in the second.
    @Test
    void twoThatAreReceivedAtOnceAreApart() throws Exception {
        Map<DatabaseId, byte[]> copies = new HashMap<>();
        LogIndex from = copy(leader, copies);
        LogIndex end = leader.member.applied();
        TestNode replica = node("replica", false);
        replica.member.stop();
        SnapshotReceiver first = replica.group.receive();
        try (SnapshotReceiver second = replica.group.receive()) {
            receive(second, copies);
            byte[] cut = Arrays.copyOf(Objects.requireNonNull(copies.get(ID)), 5000);
            assertThatThrownBy(() -> receive(first, Map.of(ID, cut))).hasMessageContaining("ended too early");
            first.close();
            second.install(from, end);
        }
        replica.crashTo(directory.resolve("restarted"));
        TestNode restarted = node("restarted", false);
        restarted.awaitFrame(ID, leader.database(ID).frame());
        assertThat(restarted.bytes(ID)).isEqualTo(leader.bytes(ID));
        assertThat(restarted.bytes(OTHER)).isEqualTo(leader.bytes(OTHER));
        assertThat(staging(directory.resolve("replica"))).isEmpty();
    }

    private static List<Path> staging(Path group) throws IOException {
        try (var files = Files.list(group)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith("staging"))
                    .toList();
        }
    }

    @Test
    void anInstallReplacesWhatWasThereAndIsFinishedAfterACrashAtAnyPoint() throws Exception {
        Map<DatabaseId, byte[]> copies = new HashMap<>();
        copy(leader, copies);
        copies.remove(OTHER);
        TestNode target = node("target", false);
        target.member.stop();
        Path work = directory.resolve("target");
        Files.writeString(work.resolve(OTHER + ".db"), "old");
        Files.writeString(work.resolve(OTHER + ".position"), "old");
        Files.writeString(work.resolve(ID + ".db"), "old");
        Files.writeString(work.resolve(ID + ".db-wal"), "old");
        try (SnapshotReceiver receiver = target.group.receive()) {
            receive(receiver, copies);
            // The moment after the rename that makes it count.
            Path staging = staging(work).getFirst();
            new PositionFile(staging, ID)
                    .write(new Position(
                            TestNode.GROUP,
                            ID,
                            4096,
                            leader.member.applied(),
                            leader.member.applied(),
                            leader.database(ID).frame(),
                            new LogIndex(0)));
            Files.write(staging.resolve("databases"), List.of(ID + ".db", ID + ".position"));
            Files.move(staging, work.resolve("install"));
        }
        byte[] file = Files.readAllBytes(work.resolve("install").resolve(ID + ".db"));
        // One file was moved before the crash.
        Files.move(
                work.resolve("install").resolve(ID + ".db"),
                work.resolve(ID + ".db"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        SnapshotStaging.finishInstall(work);
        SnapshotStaging.finishInstall(work);
        assertThat(Files.readAllBytes(work.resolve(ID + ".db"))).isEqualTo(file);
        try (var left = Files.list(work)) {
            assertThat(left.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder(ID + ".db", ID + ".position");
        }
    }
}
