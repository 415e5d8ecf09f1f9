package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.DatabaseId;
import io.skerry.sqlite.Connection;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the writer of a leader does that is not the leader any more, or again.
class LeadershipTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));

    @TempDir
    private Path directory;

    private LeaderAndReplica both;
    private FakeLog log;
    private TestNode former;
    private TestNode successor;

    @BeforeEach
    void start() {
        both = new LeaderAndReplica(directory, ID);
        log = both.log;
        former = both.leader;
        successor = both.replica;
        LeaderAndReplica.insert(former, ID, 3);
        successor.awaitFrame(ID, former.database(ID).frame());
    }

    @AfterEach
    void stop() {
        both.close();
    }

    /// The successor leads, writes, and the former leader has applied it.
    private void succeeded() {
        former.member.lead(false);
        successor.member.awaitApplied(log.last());
        successor.member.lead(true);
        LeaderAndReplica.insert(successor, ID, 3);
        former.awaitFrame(ID, successor.database(ID).frame());
    }

    private void leadsAgain() {
        successor.member.lead(false);
        former.member.awaitApplied(log.last());
        former.member.lead(true);
    }

    private void assertEqual(long rows) {
        both.assertEqual(ID);
        assertThat(former.number(ID, "SELECT count(*) FROM t")).isEqualTo(rows);
    }

    /// Runs on the writer's thread: the second half of a program whose first half was let in.
    private PlainUser.Outcome write(Consumer<Connection> work) {
        return former.use(ID, user -> user.write(work));
    }

    @Test
    void aTransactionThatBeginsAfterTheSuccessorsWereAppliedTakesNothingOfTheirsBack() {
        var outcome = write(connection -> {
            succeeded();
            connection.exec("INSERT INTO t(b) VALUES ('late')");
        });
        assertThat(outcome.report())
                .isInstanceOfSatisfying(
                        CommitReport.Failed.class,
                        failed -> assertThat(failed.outcome())
                                .isInstanceOfSatisfying(
                                        Refused.class,
                                        refused -> assertThat(refused.reason()).isEqualTo(Reason.NOT_LEADER)));
        assertThat(former.number(ID, "SELECT count(*) FROM t")).isEqualTo(6);
        assertThat(former.integrity(ID)).isEqualTo("ok");
        LeaderAndReplica.insert(successor, ID, 1);
        assertEqual(7);
    }

    @Test
    void aTransactionThatOutlivesALeadershipIsACommitOfTheNext() {
        var outcome = write(connection -> {
            connection.exec("BEGIN IMMEDIATE; INSERT INTO t(b) VALUES ('kept')");
            former.member.lead(false);
            former.member.lead(true);
            assertThat(askedByAnotherThread()).isTrue();
            connection.exec("COMMIT");
        });
        assertThat(outcome.report()).isInstanceOf(CommitReport.Published.class);
        assertEqual(4);
    }

    @Test
    void aTransactionThatBeginsWhileTheBarrierIsArmedAnewCommitsOnTheNewestState() {
        var outcome = write(connection -> {
            succeeded();
            leadsAgain();
            connection.exec("BEGIN IMMEDIATE; INSERT INTO t(b) VALUES ('again')");
            assertThat(askedByAnotherThread()).isTrue();
            connection.exec("COMMIT");
        });
        assertThat(outcome.report()).isInstanceOf(CommitReport.Published.class);
        assertEqual(7);
    }

    private boolean askedByAnotherThread() {
        DatabaseFile file = former.database(ID).life().fileIfAny();
        return CompletableFuture.supplyAsync(() -> file != null && file.writable())
                .join();
    }
}
