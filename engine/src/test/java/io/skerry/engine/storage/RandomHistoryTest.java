package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.storage.FakeLog.Fate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random work on a leader, mirrored by a replica, with refusals, lost answers, checkpoints, purges, changes
/// of the leader and kills. The replica stands still at times, and then applies together what has waited; another
/// one applies each entry alone. Whatever happens, all end byte-equal and with every acknowledged row. The seed is
/// in the name of the test; `-Dskerry.seeds=N` runs N of them.
class RandomHistoryTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final int STEPS = 250;

    private final FakeLog log = new FakeLog();
    private final List<TestNode> running = new ArrayList<>();
    private int restarts;
    private long acknowledged;
    private long doubtful;

    @TempDir
    private Path directory;

    static List<Long> seeds() {
        long count = Long.getLong("skerry.seeds", 3);
        long first = Long.getLong("skerry.seed", 1);
        return java.util.stream.LongStream.range(first, first + count).boxed().toList();
    }

    @AfterEach
    void stop() {
        running.forEach(TestNode::close);
    }

    private TestNode node(Path path, boolean leads) {
        TestNode node = new TestNode(path, log, leads);
        running.add(node);
        return node;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void leaderAndReplicasEndEqual(long seed) {
        Random random = new Random(seed);
        TestNode leader = node(directory.resolve("a"), true);
        TestNode replica = node(directory.resolve("b"), false);
        TestNode single = node(directory.resolve("c"), false);
        single.member.batchMax(1);
        leader.group.create(ID);
        replica.member.awaitApplied(log.last());
        leader.exec(ID, "PRAGMA auto_vacuum=" + random.nextInt(3) + "; CREATE TABLE t(a INTEGER PRIMARY KEY, b, c)");
        leader.exec(ID, "CREATE TABLE log(n INTEGER PRIMARY KEY)");
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(30)) {
                case 0 -> leader.group.checkpoint();
                case 1 -> replica.group.checkpoint();
                case 2 -> purge(leader, replica);
                case 3 -> {
                    TestNode next = replica;
                    next.member.pause(false);
                    leader.member.lead(false);
                    next.member.awaitApplied(log.last());
                    next.member.lead(true);
                    replica = leader;
                    leader = next;
                }
                case 4 -> replica = restart(replica, false);
                case 5 -> leader = restart(leader, true);
                case 6 -> leader.database(ID).closeIfUnused();
                // One that has just started may not have come to the entry that creates it.
                case 7 -> replica.group.database(ID).ifPresent(StoredDatabase::closeIfUnused);
                case 8 -> {
                    replica.member.pause(false);
                    replica.awaitFrame(ID, leader.database(ID).frame());
                }
                case 9, 10 -> replica.member.pause(true);
                case 11 -> replica.member.pause(false);
                default -> write(leader, random, step);
            }
        }
        replica.member.pause(false);
        replica.member.awaitApplied(log.last());
        single.member.awaitApplied(log.last());
        long rows = leader.number(ID, "SELECT count(*) FROM log");
        assertThat(rows).isBetween(acknowledged, acknowledged + doubtful);
        assertThat(leader.integrity(ID)).isEqualTo("ok");
        assertThat(replica.integrity(ID)).isEqualTo("ok");
        assertThat(replica.database(ID).frame()).isEqualTo(leader.database(ID).frame());
        assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        assertThat(single.bytes(ID)).isEqualTo(leader.bytes(ID));
    }

    private void purge(TestNode leader, TestNode replica) {
        var one = leader.group.checkpoint();
        var other = replica.group.checkpoint();
        log.purge(one.compareTo(other) < 0 ? one : other);
    }

    private TestNode restart(TestNode node, boolean leads) {
        Path copy = directory.resolve("restart" + restarts++);
        node.crashTo(copy);
        node.member.stop();
        node.close();
        running.remove(node);
        return node(copy, leads);
    }

    private void write(TestNode leader, Random random, int step) {
        Fate fate = switch (random.nextInt(12)) {
            case 0, 1 -> Fate.REFUSE;
            case 2 -> random.nextBoolean() ? Fate.UNKNOWN_ARRIVES : Fate.UNKNOWN_LOST;
            case 3 -> random.nextInt(3) == 0 ? Fate.OVERTAKEN : Fate.COMMIT;
            default -> Fate.COMMIT;
        };
        String change = change(random);
        boolean alone = change.startsWith("VACUUM") || change.startsWith("PRAGMA auto_vacuum");
        String cache = "PRAGMA cache_size=" + (random.nextInt(3) == 0 ? 8 : 200) + ";";
        if (random.nextInt(10) == 0 && !alone) {
            leader.exec(ID, cache + "BEGIN;" + change + "; INSERT INTO log(n) VALUES (NULL); ROLLBACK");
            return;
        }
        log.next(fate);
        var outcome = leader.exec(
                ID, alone ? change : cache + "BEGIN;" + change + "; INSERT INTO log(n) VALUES (NULL); COMMIT");
        log.forget();
        if (alone) {
            return;
        }
        switch (outcome.report()) {
            case CommitReport.Published published -> acknowledged++;
            case CommitReport.Failed failed -> {
                if (failed.outcome() instanceof io.skerry.engine.AppendOutcome.Unknown) {
                    doubtful++;
                }
            }
            case CommitReport.NoChange none -> {
                // A statement failed before the commit: the transaction is still open.
                if (outcome.error() == null) {
                    throw new AssertionError("no change by: " + change);
                }
                leader.exec(ID, "ROLLBACK");
            }
        }
    }

    private static String change(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> many(random.nextInt(400), random.nextInt(600));
            case 1 -> "UPDATE t SET b = randomblob(" + random.nextInt(500) + ") WHERE a % 5 = " + random.nextInt(5);
            case 2 -> "DELETE FROM t WHERE a % 3 = " + random.nextInt(3);
            case 3 -> "CREATE INDEX IF NOT EXISTS i" + random.nextInt(3) + " ON t(b)";
            case 4 -> "DROP INDEX IF EXISTS i" + random.nextInt(3);
            case 5 -> "VACUUM";
            case 6 -> "CREATE TABLE IF NOT EXISTS x" + random.nextInt(4) + " AS SELECT * FROM t";
            case 7 -> "DROP TABLE IF EXISTS x" + random.nextInt(4);
            case 8 -> "INSERT INTO t(b) VALUES (randomblob(" + random.nextInt(60_000) + "))";
            case 9 -> "PRAGMA user_version=" + random.nextInt(1000);
            default -> "INSERT INTO t(b, c) VALUES (hex(randomblob(30)), " + random.nextInt() + ")";
        };
    }

    private static String many(int rows, int bytes) {
        return "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + rows
                + ") SELECT randomblob(" + bytes + ") FROM n";
    }
}
