package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a database's owner forbids counts from the next program on, for sessions that are open too.
class RestrictionsTest {

    private static final int SQLITE_FULL = 13;
    private static final Restrictions NO_READS = new Restrictions(true, false, Long.MAX_VALUE);
    private static final Restrictions NO_WRITES = new Restrictions(false, true, Long.MAX_VALUE);

    @TempDir
    Path directory;

    Node node;
    Session session;

    @BeforeEach
    void open() {
        node = new Node(directory);
        session = node.session();
        Node.run(session, "CREATE TABLE t (a)");
        Node.run(session, "INSERT INTO t VALUES (1)");
    }

    @AfterEach
    void close() {
        session.close();
        node.close();
    }

    @Test
    void blockedWritesLeaveReads() {
        session.restrict(NO_WRITES);
        for (var sql : new String[] {"INSERT INTO t VALUES (2)", "DROP TABLE t", "PRAGMA user_version=3"}) {
            assertBlocked(Node.run(session, sql).only().error());
        }
        Node.run(session, "BEGIN");
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(1L);
        assertThat(Node.run(session, "COMMIT").only().ok()).isTrue();
        session.restrict(Restrictions.NONE);
        assertThat(Node.run(session, "INSERT INTO t VALUES (2)").only().ok()).isTrue();
    }

    @Test
    void blockedReadsLeaveNothing() {
        session.restrict(NO_READS);
        for (var sql : new String[] {"SELECT 1", "SELECT a FROM t", "INSERT INTO t VALUES (2)", "PRAGMA page_count"}) {
            assertBlocked(Node.run(session, sql).only().error());
        }
        assertThatThrownBy(() -> session.describe("SELECT a FROM t")).hasMessageContaining("blocked");
        session.restrict(Restrictions.NONE);
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(1L);
    }

    @Test
    void aBatchIsRefusedStatementByStatement() {
        session.restrict(NO_WRITES);
        var results = Node.all(session, "SELECT 1", "INSERT INTO t VALUES (2)", "SELECT count(*) FROM t");
        assertThat(results.step(0).ok()).isTrue();
        assertBlocked(results.step(1).error());
        assertThat(results.step(2).rows.getFirst()).containsExactly(1L);
    }

    @Test
    void whatWasWrittenBeforeTheBlockIsNotCommittedAfterIt() {
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (2)");
        session.restrict(NO_WRITES);
        assertBlocked(Node.run(session, "COMMIT").only().error());
        assertThat(session.autocommit()).isFalse();
        assertThat(Node.run(session, "ROLLBACK").only().ok()).isTrue();
        assertThat(session.autocommit()).isTrue();
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(1L);
    }

    @Test
    void aDatabaseDoesNotOutgrowItsLimitAndCanShrinkAndGrowAgain() {
        session.restrict(new Restrictions(false, false, 64 * 4096));
        var full = Node.run(session, "INSERT INTO t VALUES (zeroblob(1000000))")
                .only()
                .error();
        assertThat(full.code()).isEqualTo(Code.SQLITE);
        assertThat(full.sqliteCode() & 0xff).isEqualTo(SQLITE_FULL);
        assertThat(full).hasMessageContaining("size_limit is 262144 bytes");
        assertThat(Node.run(session, "INSERT INTO t VALUES (zeroblob(100000))")
                        .only()
                        .ok())
                .isTrue();
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(2L);
        session.restrict(Restrictions.NONE);
        assertThat(Node.run(session, "INSERT INTO t VALUES (zeroblob(1000000))")
                        .only()
                        .ok())
                .isTrue();
    }

    @Test
    void theLimitCountsForATransactionThatSharesItsCommitToo() {
        session.restrict(new Restrictions(false, false, 64 * 4096));
        var results = new Results();
        session.run(Node.batch("BEGIN", "INSERT INTO t VALUES (zeroblob(1000000))"), results);
        assertThat(results.step(1).error().sqliteCode() & 0xff).isEqualTo(SQLITE_FULL);
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(1L);
    }

    @Test
    void oneThatIsLargerThanItsLimitStaysUsable() {
        Node.run(session, "INSERT INTO t VALUES (zeroblob(1000000))");
        session.restrict(new Restrictions(false, false, 10 * 4096));
        assertThat(Node.run(session, "INSERT INTO t VALUES (zeroblob(100000))")
                                .only()
                                .error()
                                .sqliteCode()
                        & 0xff)
                .isEqualTo(SQLITE_FULL);
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(2L);
        assertThat(Node.run(session, "DELETE FROM t WHERE a <> 1").only().ok()).isTrue();
        assertThat(Node.run(session, "INSERT INTO t VALUES (zeroblob(100000))")
                        .only()
                        .ok())
                .isTrue();
    }

    @Test
    void aProgramThatIsFullLeavesThoseThatShareItsCommitAlone() throws InterruptedException {
        session.restrict(new Restrictions(false, false, 64 * 4096));
        try (var other = node.session()) {
            other.restrict(new Restrictions(false, false, 64 * 4096));
            var thread = Thread.ofPlatform().start(() -> {
                for (var i = 0; i < 20; i++) {
                    Node.run(session, "INSERT INTO t VALUES (zeroblob(1000000))");
                }
            });
            for (var i = 0; i < 20; i++) {
                assertThat(Node.run(other, "INSERT INTO t VALUES (2)").only().ok())
                        .isTrue();
            }
            thread.join();
        }
        assertThat(Node.run(session, "SELECT count(*) FROM t WHERE a = 2").value())
                .isEqualTo(20L);
    }

    private static void assertBlocked(DatabaseException error) {
        assertThat(error.code()).isEqualTo(Code.BLOCKED);
        assertThat(error).hasMessageStartingWith("Operation was blocked: ");
    }
}
