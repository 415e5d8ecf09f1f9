package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void aConnectionMayMoveFromThreadToThread() throws Exception {
        try (Connection db = Connection.openInMemory()) {
            db.exec("CREATE TABLE t(a)");
            Statement insert = db.prepare("INSERT INTO t VALUES (?)");
            onAnotherThread(() -> {
                insert.bindLong(1, 4);
                insert.step();
                insert.reset();
            });
            assertThat(ConnectionTest.number(db, "SELECT a FROM t")).isEqualTo(4);
            insert.step();
        }
    }

    @Test
    void aRowBelongsToTheThreadThatSteppedToIt() throws Exception {
        try (Connection db = Connection.openInMemory();
                Statement select = db.prepare("SELECT 1")) {
            select.step();
            onAnotherThread(
                    () -> assertThatThrownBy(() -> select.columnLong(0)).isInstanceOf(IllegalStateException.class));
            assertThat(select.columnLong(0)).isEqualTo(1);
        }
    }

    @Test
    void manyThreadsOnOneConnectionGetAnswersOrExceptions() throws Exception {
        int threads = 4;
        try (Connection db = Connection.openInMemory();
                Statement shared = db.prepare("SELECT ?")) {
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                FutureTask<Integer> task = new FutureTask<>(() -> useCarelessly(db, shared));
                tasks.add(task);
                Thread.ofPlatform().start(task);
            }
            for (FutureTask<Integer> task : tasks) {
                assertThat(task.get()).isPositive();
            }
            assertThat(ConnectionTest.number(db, "SELECT 7")).isEqualTo(7);
        }
    }

    /// How many of its calls were answered; those refused do not count, any other failure is thrown.
    private static int useCarelessly(Connection db, Statement shared) {
        int answered = 0;
        for (int i = 0; i < 20_000; i++) {
            try {
                switch (i % 4) {
                    case 0 -> shared.step();
                    case 1 -> shared.reset();
                    case 2 -> db.prepare("SELECT 1").close();
                    default -> db.exec("SELECT 2");
                }
                answered++;
            } catch (IllegalStateException refused) {
                assertThat(refused).hasMessageContaining("two threads");
            }
        }
        return answered;
    }

    private static void onAnotherThread(Runnable work) throws Exception {
        FutureTask<Void> task = new FutureTask<>(work, null);
        Thread.ofVirtual().start(task);
        task.get();
    }
}
