package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.Statement;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Copies of databases, between two of a group that has a replica.
class DatabaseImageTest extends TwoNodes {

    private static final DatabaseId ORIGINAL = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId COPY = new DatabaseId(new UUID(0, 2));

    private Database original;
    private Database copy;

    @BeforeEach
    void start() {
        original = leader.create(ORIGINAL);
        copy = leader.create(COPY);
    }

    @Test
    void aCopyHasEverythingHereAndAtTheReplicaAndGoesOnByItself() {
        run(original, """
                CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b); CREATE INDEX i ON t (b);
                CREATE TABLE w (k TEXT PRIMARY KEY) WITHOUT ROWID; CREATE VIEW v AS SELECT count(*) AS n FROM t;
                CREATE VIRTUAL TABLE f USING fts5 (x); INSERT INTO f VALUES ('the quick brown fox');
                WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
                INSERT INTO t (b) SELECT hex(randomblob(2000)) FROM n; DELETE FROM t WHERE a % 7 = 0
                """);

        copy.load(original::copyTo);

        assertThat(copy.sizeBytes()).isEqualTo(original.sizeBytes()).isGreaterThan(8 << 20);
        String sum = "SELECT sum(length(b)) + sum(a) FROM t";
        for (Database one : new Database[] {copy, atReplica(COPY)}) {
            assertThat(number(one, sum)).isEqualTo(number(original, sum));
            assertThat(number(one, "SELECT n FROM v")).isEqualTo(number(original, "SELECT n FROM v"));
            assertThat(number(one, "SELECT count(*) FROM f WHERE f MATCH 'brown'"))
                    .isEqualTo(1);
            assertThat(one.integrityCheck()).containsExactly("ok");
        }
        run(copy, "INSERT INTO t (b) VALUES ('more'); CREATE TABLE later (x); DROP VIEW v");
        assertThat(number(atReplica(COPY), "SELECT count(*) FROM t WHERE b = 'more'"))
                .isEqualTo(1);
        assertThat(atReplica(COPY).integrityCheck()).containsExactly("ok");
        assertThat(number(original, "SELECT count(*) FROM t WHERE b = 'more'")).isZero();
    }

    @Test
    void aCopyIsOneMomentOfADatabaseThatIsWrittenMeanwhile() throws InterruptedException {
        run(original, "CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE pad (x)");
        run(
                original,
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)"
                        + " INSERT INTO pad SELECT hex(randomblob(1500)) FROM n");
        AtomicBoolean done = new AtomicBoolean();
        // Both tables always have the same number of rows.
        Thread writer = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                run(
                        original,
                        "BEGIN; INSERT INTO a VALUES (hex(randomblob(500)));"
                                + " UPDATE pad SET x = hex(randomblob(1500)) WHERE rowid = 1 + abs(random() % 2000);"
                                + " INSERT INTO b VALUES (hex(randomblob(500))); COMMIT");
            }
        });
        try {
            for (int i = 0; i < 5; i++) {
                Database one = leader.create(new DatabaseId(new UUID(1, i)));
                one.load(original::copyTo);
                assertThat(number(one, "SELECT (SELECT count(*) FROM a) - (SELECT count(*) FROM b)"))
                        .isZero();
                assertThat(number(one, "SELECT count(*) FROM pad")).isEqualTo(2000);
                assertThat(one.integrityCheck()).containsExactly("ok");
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }

    @Test
    void anEmptyDatabaseIsCopiedToo() {
        copy.load(original::copyTo);
        run(copy, "CREATE TABLE t (a); INSERT INTO t VALUES (1)");
        assertThat(number(copy, "SELECT count(*) FROM t")).isEqualTo(1);
    }

    @Test
    void whatIsNotWholeIsRefusedAndReadsAsEmpty() {
        run(original, "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(4500000)), (zeroblob(4500000))");
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        original.copyTo(image);
        byte[] whole = image.toByteArray();
        assertThatThrownBy(() -> copy.load(out -> out.write(whole, 0, whole.length - 1)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL))
                .hasMessageContaining("ended early");
        assertThat(number(copy, "SELECT count(*) FROM sqlite_schema")).isZero();
        for (byte[] part : new byte[][] {new byte[0], Arrays.copyOf(whole, 5), Arrays.copyOf(whole, 12)}) {
            Database other = leader.create(new DatabaseId(new UUID(2, part.length)));
            assertThatThrownBy(() -> other.load(out -> out.write(part))).hasMessageContaining("ended early");
        }
        Database more = leader.create(new DatabaseId(new UUID(3, 1)));
        assertThatThrownBy(() -> more.load(out -> out.write(Arrays.copyOf(whole, whole.length + 1))))
                .hasMessageContaining("more than");
    }

    private Database atReplica(DatabaseId id) {
        replicaMember.awaitApplied(log.last());
        Database there = replica.database(id).orElseThrow();
        assertThat(there.awaitFrame(leader.database(id).orElseThrow().frame(), Duration.ofSeconds(30)))
                .isTrue();
        return there;
    }

    private static long number(Database on, String sql) {
        return on.read(connection -> number(connection, sql));
    }

    private static long number(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnLong(0);
        }
    }

    /// Beyond one GiB.
    @Test
    void thePageOfTheLocksIsTheOneThatCannotBeWritten() {
        try (Connection connection = Connection.open(directory.resolve("large.db"), OpenMode.CREATE)) {
            connection.exec("PRAGMA journal_mode=WAL; CREATE TABLE t (a)");
            for (long number = 262_144; number <= 262_146; number++) {
                String insert = "INSERT INTO sqlite_dbpage (pgno, data) VALUES (" + number + ", zeroblob(4096))";
                if (ImageLoader.isLockPage(number, 4096)) {
                    assertThatThrownBy(() -> connection.exec(insert)).hasMessageContaining("malformed");
                } else {
                    connection.exec(insert);
                }
            }
            assertThat(ImageLoader.isLockPage(262_145, 4096)).isTrue();
        }
    }
}
