package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.vfs.BarrierVfs;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
    private static final int ROWS = 40;

    @TempDir
    Path directory;

    private Connection source;
    private Connection target;

    @BeforeEach
    void open() {
        source = Connection.open(directory.resolve("source.db"), OpenMode.CREATE);
        // A row a page.
        source.exec("CREATE TABLE t(a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " + ROWS
                + ") INSERT INTO t SELECT i, zeroblob(3000) FROM n");
        target = Connection.open(directory.resolve("target.db"), OpenMode.CREATE);
        target.exec("CREATE TABLE old(a); INSERT INTO old VALUES (7)");
    }

    @AfterEach
    void close() {
        source.close();
        target.close();
    }

    private static long count(Connection db) {
        return ConnectionTest.number(db, "SELECT count(*) FROM t");
    }

    private void assertUntouched() {
        assertThat(ConnectionTest.number(target, "SELECT a FROM old")).isEqualTo(7);
        assertThatThrownBy(() -> count(target)).hasMessageContaining("no such table");
    }

    private static void fails(ResultCode code, ThrowingCallable call) {
        assertThatExceptionOfType(SqliteException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void copiesInStepsAndTellsHowFarItIs() {
        int pages = Math.toIntExact(ConnectionTest.number(source, "PRAGMA page_count"));
        try (Backup backup = Backup.begin(source, target)) {
            assertThat(backup.pageCount()).isZero();
            assertThat(backup.step(0)).isTrue();
            assertThat(backup.remaining()).isEqualTo(pages);
            assertThat(backup.step(10)).isTrue();
            assertThat(backup.pageCount()).isEqualTo(pages);
            assertThat(backup.remaining()).isEqualTo(pages - 10);
            while (backup.step(10)) {
                assertThat(backup.remaining()).isPositive();
            }
            assertThat(backup.remaining()).isZero();
            assertThat(backup.step(10)).as("a step after the last").isFalse();
        }
        assertThat(count(target)).isEqualTo(ROWS);
        assertThatThrownBy(() -> target.exec("SELECT a FROM old")).hasMessageContaining("no such table");
        try (Statement check = target.prepare("PRAGMA integrity_check")) {
            check.step();
            assertThat(check.columnText(0)).isEqualTo("ok");
        }
    }

    @Test
    void aNegativeNumberIsAllAndEitherSideMayBeAttachedOrInMemory() {
        source.exec("ATTACH ':memory:' AS more; CREATE TABLE more.t(a); INSERT INTO more.t VALUES (1), (2)");
        target.exec("ATTACH ':memory:' AS copy");
        try (Backup backup = Backup.begin(source, "more", target, "copy")) {
            assertThat(backup.step(-1)).isFalse();
        }
        assertThat(ConnectionTest.number(target, "SELECT count(*) FROM copy.t")).isEqualTo(2);
        assertThat(ConnectionTest.number(target, "SELECT a FROM main.old")).isEqualTo(7);
    }

    @Test
    void aTargetThatIsClosedBeforeTheEndIsAsItWas() {
        try (Backup backup = Backup.begin(source, target)) {
            assertThat(backup.step(10)).isTrue();
        }
        assertUntouched();
        source.exec("INSERT INTO t VALUES (0, 0)");
    }

    @Test
    void whoHoldsALockMakesAStepFailWhichMayBeRepeated() {
        try (Connection other = Connection.open(directory.resolve("target.db"), OpenMode.READ_WRITE);
                Backup backup = Backup.begin(source, target)) {
            other.exec("BEGIN IMMEDIATE");
            fails(ResultCode.BUSY, () -> backup.step(5));
            other.exec("ROLLBACK");
            assertThat(backup.step(5)).isTrue();
            fails(ResultCode.BUSY, () -> other.exec("BEGIN IMMEDIATE"));
            assertThat(backup.step(-1)).isFalse();
            assertThat(count(other)).isEqualTo(ROWS);
        }
        assertThat(count(target)).isEqualTo(ROWS);
    }

    @Test
    void aLockedSourceLikewise() {
        try (Connection other = Connection.open(directory.resolve("source.db"), OpenMode.READ_WRITE);
                Backup backup = Backup.begin(source, target)) {
            other.exec("BEGIN EXCLUSIVE");
            fails(ResultCode.BUSY, () -> backup.step(5));
            other.exec("COMMIT");
            assertThat(backup.step(5)).isTrue();
            source.exec("BEGIN IMMEDIATE");
            fails(ResultCode.BUSY, () -> backup.step(5));
            source.exec("ROLLBACK");
            assertThat(backup.step(-1)).isFalse();
        }
        assertThat(count(target)).isEqualTo(ROWS);
    }

    @Test
    void whatTheSourceItselfWritesGoesIntoTheCopyAndWhatAnotherWritesBeginsItAnew() {
        try (Connection other = Connection.open(directory.resolve("source.db"), OpenMode.READ_WRITE);
                Backup backup = Backup.begin(source, target)) {
            backup.step(20);
            int left = backup.remaining();
            source.exec("UPDATE t SET a = a + 100");
            backup.step(1);
            assertThat(backup.remaining()).isEqualTo(left - 1);

            other.exec("DELETE FROM t WHERE a = 101");
            backup.step(1);
            assertThat(backup.remaining()).isEqualTo(backup.pageCount() - 1);
            assertThat(backup.step(-1)).isFalse();
        }
        assertThat(ConnectionTest.number(target, "SELECT min(a) FROM t")).isEqualTo(102);
    }

    @Test
    void closingTheSourceClosesTheBackup() {
        Backup backup = Backup.begin(source, target);
        backup.step(10);
        source.close();
        assertThatThrownBy(() -> backup.step(10))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        backup.close();
        assertUntouched();
    }

    @Test
    void closingTheTargetClosesTheBackup() {
        try (Connection second = Connection.openInMemory();
                Backup other = Backup.begin(source, second)) {
            Backup backup = Backup.begin(source, target);
            backup.step(10);
            target.close();
            assertThat(target.isOpen()).isFalse();
            assertThatThrownBy(() -> backup.step(10))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            backup.close();
            assertThat(other.step(-1)).as("another backup of the same source").isFalse();
        }
        source.exec("INSERT INTO t VALUES (0, 0)");
        target = Connection.open(directory.resolve("target.db"), OpenMode.READ_WRITE);
        assertUntouched();
    }

    @Test
    void theTargetBelongsToTheBackupUntilThatIsClosed() {
        Statement before = target.prepare("SELECT a FROM old");
        try (Backup backup = Backup.begin(source, target)) {
            for (ThrowingCallable use : new ThrowingCallable[] {
                () -> target.exec("SELECT 1"),
                () -> target.prepare("SELECT 1"),
                target::autocommit,
                target::changes,
                () -> target.files().size(),
                before::step,
                before::sql,
                before::close,
                () -> Backup.begin(source, target),
                () -> Backup.begin(target, source)
            }) {
                assertThatThrownBy(use)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("backup");
            }
            assertThat(backup.step(10)).isTrue();
            assertThatThrownBy(before::step).hasMessageContaining("backup");
        }
        assertThat(before.step()).isTrue();
        before.close();
    }

    @Test
    void whatCannotBeginLeavesBothFree() {
        assertThatThrownBy(() -> Backup.begin(source, source)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Backup.begin(source, "nowhere", target, "main"))
                .isInstanceOf(SqliteException.class)
                .hasMessage("unknown database nowhere");
        assertThatThrownBy(() -> Backup.begin(source, "main", target, "nowhere"))
                .isInstanceOf(SqliteException.class)
                .hasMessage("unknown database nowhere");
        target.exec("BEGIN; SELECT * FROM old");
        assertThatThrownBy(() -> Backup.begin(source, target))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("in use");
        target.exec("COMMIT");
        Connection gone = Connection.openInMemory();
        gone.close();
        assertThatThrownBy(() -> Backup.begin(source, gone)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Backup.begin(gone, target)).isInstanceOf(IllegalStateException.class);
        try (Backup backup = Backup.begin(source, target)) {
            assertThat(backup.step(-1)).isFalse();
        }
    }

    @Test
    void afterAnErrorThatIsNoLockEveryStepGivesTheSame() {
        try (Connection memory = Connection.openInMemory()) {
            memory.exec("PRAGMA page_size=512; CREATE TABLE old(a)");
            try (Backup backup = Backup.begin(source, memory)) {
                fails(ResultCode.READONLY, () -> backup.step(5));
                fails(ResultCode.READONLY, () -> backup.step(5));
            }
            assertThat(ConnectionTest.number(memory, "SELECT count(*) FROM old"))
                    .isZero();
        }
    }

    @Test
    void anErrorHasWhatACallbackThrewForItsCause() {
        target.exec("PRAGMA journal_mode=WAL");
        target.close();
        BarrierVfs.register();
        target = Connection.open(directory.resolve("target.db"), OpenMode.READ_WRITE, BarrierVfs.NAME);
        try (Backup backup = Backup.begin(source, target)) {
            assertThatThrownBy(() -> backup.step(5))
                    .isInstanceOf(SqliteException.class)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .rootCause()
                    .hasMessageContaining("no barrier");
        }
    }

    @Test
    void itMayMoveFromThreadToThread() throws Exception {
        try (Backup backup = Backup.begin(source, target)) {
            FutureTask<Boolean> step = new FutureTask<>(() -> backup.step(10));
            Thread.ofVirtual().start(step);
            assertThat(step.get()).isTrue();
            assertThat(backup.step(-1)).isFalse();
        }
        assertThat(count(target)).isEqualTo(ROWS);
    }
}
