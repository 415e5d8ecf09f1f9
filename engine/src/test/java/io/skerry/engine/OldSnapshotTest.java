package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a reader keeps of the log of its group, and until when.
@Timeout(120)
class OldSnapshotTest extends TwoNodes {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId OTHER = new DatabaseId(new UUID(0, 2));
    private static final int BYTES = 100_000;

    private Database database;
    private Database other;

    @Override
    QuerySettings queries() {
        return QuerySettings.DEFAULT
                .change()
                .transactionAge(Duration.ofSeconds(2))
                .build();
    }

    @BeforeEach
    void start() {
        database = leader.create(ID);
        run(database, "CREATE TABLE t(a)");
        other = leader.create(OTHER);
        run(other, "CREATE TABLE t(a)");
    }

    private static Session reading(Database database) {
        Session session = database.openSession(SessionOptions.READ_ONLY);
        session.sequence("BEGIN; SELECT * FROM t");
        return session;
    }

    private static void assertTimedOut(Session session) {
        assertThatThrownBy(() -> session.sequence("SELECT * FROM t"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.TRANSACTION_TIMEOUT));
        session.sequence("SELECT * FROM t");
    }

    private void write(Database to) {
        run(to, "INSERT INTO t VALUES (randomblob(" + BYTES + "))");
    }

    @Test
    void theLogIsLetGoOfOnceItsTransactionIsTooOld() {
        try (Session session = reading(database)) {
            write(database);
            Await.until("nothing keeps the log", () -> leader.checkpoint().equals(leaderMember.applied()));
            assertTimedOut(session);
        }
    }

    @Test
    void soItIsAtAReplica() {
        replicaMember.awaitApplied(log.last());
        try (Session session = reading(replica.database(ID).orElseThrow())) {
            write(database);
            Await.until("nothing keeps the log", () -> {
                leader.checkpoint();
                replicaMember.awaitApplied(log.last());
                return replica.checkpoint().value() >= log.last() - 1; // the last may be the leader's marker
            });
            assertTimedOut(session);
        }
    }

    @Test
    void whatIsKeptIsTheLogOfTheGroupAndTheWal() {
        LongSupplier kept = database.keptFromNow();
        Boolean done = database.read(connection -> {
            connection.exec("SELECT * FROM t");
            write(other);
            leader.checkpoint();
            assertThat(kept.getAsLong()).as("nothing of it was written to").isZero();
            write(database);
            leader.checkpoint();
            assertThat(kept.getAsLong()).as("one write, and its WAL").isGreaterThan(BYTES);
            long before = kept.getAsLong();
            write(other);
            leader.checkpoint();
            assertThat(kept.getAsLong()).as("and what others write").isGreaterThan(before + BYTES);
            return true;
        });
        assertThat(done).isTrue();
        leader.checkpoint();
        assertThat(kept.getAsLong()).as("it does not read any more").isZero();
    }
}
