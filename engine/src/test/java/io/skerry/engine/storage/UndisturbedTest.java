package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.PageImage;
import io.skerry.engine.storage.FakeLog.Fate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is right by itself, and not because the database was rebuilt: a rebuild mends nearly
/// everything, so these look whether the connections at the end are those of the beginning.
class UndisturbedTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final String ROWS =
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT randomblob(2000) FROM n";

    @TempDir
    private Path directory;

    private LeaderAndReplica both;
    private FakeLog log;
    private TestNode leader;
    private TestNode replica;

    @BeforeEach
    void start() {
        start(4096);
    }

    private void start(int pageSize) {
        var settings = new StorageSettings(
                100,
                Duration.ofHours(1),
                Duration.ofSeconds(60),
                200_000,
                64L << 20,
                pageSize,
                4,
                2,
                Integer.MAX_VALUE);
        both = new LeaderAndReplica(directory.resolve("of" + pageSize), settings, ID);
        log = both.log;
        leader = both.leader;
        replica = both.replica;
        open();
    }

    private void open() {
        leader.number(ID, "SELECT count(*) FROM t");
        replica.number(ID, "SELECT count(*) FROM t");
    }

    @AfterEach
    void stop() {
        both.close();
    }

    private static OpenFile file(TestNode node) {
        OpenFile file = node.database(ID).life().fileIfAny();
        if (file == null) {
            throw new AssertionError("the database is not open");
        }
        return file;
    }

    private LogEntry.Pages lastEntry() {
        return (LogEntry.Pages) LogEntry.decode(log.entry(log.last()));
    }

    private void assertArrives(List<String> statements) {
        OpenFile here = file(leader);
        OpenFile there = file(replica);
        for (String sql : statements) {
            assertThat(leader.exec(ID, sql).error()).as(sql).isNull();
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.integrity(ID)).as(sql).isEqualTo("ok");
        }
        assertThat(file(leader)).as("the leader's database was not rebuilt").isSameAs(here);
        assertThat(file(replica)).as("the replica's database was not rebuilt").isSameAs(there);
        assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
    }

    @Test
    void aReplicaThatRunsAppliesChangesOfTheSchemaAndOfTheSize() {
        assertArrives(List.of(
                "INSERT INTO t(b)" + ROWS,
                "CREATE INDEX i ON t(b)",
                "CREATE TABLE u AS SELECT * FROM t; ALTER TABLE u ADD COLUMN c",
                "DELETE FROM t WHERE a > 10",
                "VACUUM",
                "PRAGMA user_version = 7",
                "DROP INDEX i; DROP TABLE u",
                "PRAGMA auto_vacuum = 1; VACUUM",
                "INSERT INTO t(b)" + ROWS,
                "DELETE FROM t",
                "CREATE TABLE v(x); INSERT INTO v VALUES (1)"));
    }

    /// Whoever read the schema when it was larger must not read what is left of its page.
    @Test
    void aReplicaThatRunsAppliesASchemaThatShrinks() {
        for (int tables : new int[] {12, 60}) {
            var create = new ArrayList<String>();
            var drop = new ArrayList<String>();
            for (int i = 0; i < tables; i++) {
                create.add(
                        "CREATE TABLE u" + i + "(a INTEGER PRIMARY KEY, b); CREATE INDEX i" + i + " ON u" + i + "(b)");
                drop.add("DROP TABLE u" + (tables - 1 - i));
            }
            open();
            assertArrives(create);
            open();
            assertArrives(drop);
        }
    }

    /// Its frames are in the WAL, with numbers beyond the end of the database.
    @Test
    void whatATransactionSpilledAndCutOffAgainIsNotInItsEntry() {
        assertArrives(List.of("PRAGMA auto_vacuum = 1; VACUUM", "INSERT INTO t(b) VALUES (1)"));
        var outcome = leader.exec(
                ID, "PRAGMA cache_size = 5; BEGIN; INSERT INTO t(b)" + ROWS + "; DELETE FROM t WHERE a > 1; COMMIT");
        assertThat(outcome.report()).isInstanceOf(CommitReport.Published.class);
        long size = lastEntry().databasePages();
        assertThat(lastEntry().pages()).allMatch(page -> page.pgno() <= size);
        assertArrives(List.of("INSERT INTO t(b)" + ROWS));
    }

    /// A replica's own commits move the counters on it, so there is nothing that ranges could be
    /// relative to.
    @Test
    void pageOneIsAlwaysWhole() {
        for (int version = 1; version <= 3; version++) {
            leader.exec(ID, "PRAGMA user_version = " + version);
            assertThat(lastEntry().epochStart()).isFalse();
            assertThat(lastEntry().pages()).extracting(PageImage::pgno).containsExactly(1L);
            assertThat(lastEntry().pages()).allMatch(PageImage::isWhole);
        }
        assertArrives(List.of("INSERT INTO t(b) VALUES (1)"));
    }

    /// The log does not have what a refused transaction changed: the next is the first of the epoch.
    @Test
    void aRefusedCommitIsNotTheFirstTouchOfItsPages() {
        leader.exec(ID, "INSERT INTO t(b) VALUES (1)");
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        log.next(Fate.REFUSE);
        assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES (2)").error()).isNotNull();
        leader.exec(ID, "INSERT INTO t(b) VALUES (3)");
        assertThat(lastEntry().epochStart()).isTrue();
        assertThat(lastEntry().pages()).allMatch(PageImage::isWhole);
        assertArrives(List.of("INSERT INTO t(b) VALUES (4)"));
    }

    /// It can be chosen only while the file is empty, and the replica's own setting is another.
    @Test
    void aReplicaTakesThePageSizeOfTheDatabase() {
        for (int pageSize : new int[] {1024, 65536}) {
            stop();
            start(pageSize);
            assertArrives(List.of("INSERT INTO t(b)" + ROWS, "DELETE FROM t WHERE a > 10", "VACUUM"));
            assertThat(replica.number(ID, "PRAGMA page_size")).isEqualTo(pageSize);
        }
    }

    /// SQLite attaches such a file only to a database that is encoded likewise.
    @Test
    void aReplicaAppliesToADatabaseThatIsEncodedInUtf16() {
        var wide = new DatabaseId(new UUID(0, 2));
        leader.group.create(wide);
        leader.exec(wide, "PRAGMA encoding='UTF-16le'; CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
        try (TestNode late = new TestNode(directory.resolve("late"), log, false)) {
            late.awaitFrame(wide, leader.database(wide).frame());
            assertThat(late.number(wide, "SELECT count(*) FROM t")).isZero();
            OpenFile there = late.database(wide).life().fileIfAny();
            for (int i = 0; i < 2; i++) {
                leader.exec(wide, "INSERT INTO t(b) VALUES ('Zürich')");
                late.awaitFrame(wide, leader.database(wide).frame());
            }
            assertThat(late.integrity(wide)).isEqualTo("ok");
            assertThat(late.database(wide).life().fileIfAny())
                    .as("the replica's database was not rebuilt")
                    .isSameAs(there);
            assertThat(late.bytes(wide)).isEqualTo(leader.bytes(wide));
        }
    }
}
