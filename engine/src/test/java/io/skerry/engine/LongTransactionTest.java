package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients hear of a transaction that writes too much before its commit, and that its WAL goes.
@Timeout(120)
class LongTransactionTest extends TwoNodes {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    /// Of zeros: its entry is small, its frames are not.
    private static final String ROWS =
            "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)"
                    + " SELECT zeroblob(100000) FROM n";

    private static final String MUCH = ROWS.formatted(60);
    private static final String TOO_MUCH = ROWS.formatted(1000);

    private Database database;

    @Override
    StorageSettings settings() {
        return new StorageSettings(
                100, Duration.ofHours(1), Duration.ofSeconds(60), 10_000_000, 500_000, 4096, 4, 2, Integer.MAX_VALUE);
    }

    @BeforeEach
    void start() {
        database = leader.create(ID);
        run(database, "CREATE TABLE t(a)");
    }

    private Session session() {
        return database.openSession(SessionOptions.FULL);
    }

    private static void assertTooLarge(Session session, String script) {
        assertThatThrownBy(() -> session.sequence(script))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.TRANSACTION_TOO_LARGE))
                .hasMessageContaining("more than 7 MB of pages: split it");
        assertThat(session.autocommit()).isTrue();
    }

    private long wal() {
        try {
            return Files.size(directory.resolve("leader").resolve(ID + ".db-wal"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void awaitSmall() {
        Await.until("what was rolled back is cut off", () -> wal() < 300_000);
    }

    @Test
    void aStatementEndsAndTheNextIsWritten() {
        try (Session session = session()) {
            assertTooLarge(session, TOO_MUCH);
            awaitSmall();
            session.sequence("INSERT INTO t VALUES (1)");
        }
    }

    @Test
    void aTransactionEndsWithTheStatementThatIsTooMuch() {
        try (Session session = session()) {
            session.sequence("BEGIN; " + MUCH);
            assertThat(wal()).isGreaterThan(2_000_000);
            assertTooLarge(session, TOO_MUCH);
            awaitSmall();
            session.sequence("INSERT INTO t VALUES (1)");
        }
    }

    @Test
    void aTransactionThatItsClientRollsBackLeavesNothing() {
        try (Session session = session()) {
            session.sequence("BEGIN; " + MUCH);
            assertThat(wal()).isGreaterThan(2_000_000);
            session.sequence("ROLLBACK");
            awaitSmall();
        }
    }

    @Test
    void aTransactionThatItsClientLeavesLeavesNothing() {
        try (Session session = session()) {
            session.sequence("BEGIN; " + MUCH);
            assertThat(wal()).isGreaterThan(2_000_000);
        }
        awaitSmall();
    }
}
