package io.skerry.sqlite.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.CheckpointMode;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitBarrierTest {
    @TempDir
    Path directory;

    private Path file;
    private final Recorder barrier = new Recorder();

    /// Tells commits from other syncs by the frames, as the engine does, and answers as told.
    private static final class Recorder implements WalBarrier {
        int commits;
        int answer = PASS;
        boolean truncateBeforeRefusal = true;
        long writableTo = Long.MAX_VALUE;

        @Nullable
        RuntimeException failure;

        @Nullable
        WalFile lastSeen;

        private WalHeader header = new WalHeader(0, 0, 0, 0);
        private long passed;

        @Override
        public int sync(WalFile wal) {
            lastSeen = wal;
            WalHeader now = wal.header();
            long base = now.equals(header) ? passed : 0;
            long end = commitAfter(wal, now, base);
            if (end == base) {
                return PASS;
            }
            if (failure != null) {
                wal.truncate(WalFile.frameOffset(base, now.pageSize()));
                throw failure;
            }
            if (answer != PASS) {
                if (truncateBeforeRefusal) {
                    wal.truncate(WalFile.frameOffset(base, now.pageSize()));
                }
                return answer;
            }
            commits++;
            header = now;
            passed = end;
            return PASS;
        }

        @Override
        public int write(long end) {
            return end <= writableTo ? PASS : WalBarrier.refusal(300);
        }

        /// The number of frames up to the next commit after `base`, or `base` if there is none.
        private static long commitAfter(WalFile wal, WalHeader header, long base) {
            byte[] bytes = new byte[WalFile.FRAME_HEADER_BYTES];
            for (long frame = base; ; frame++) {
                wal.read(WalFile.frameOffset(frame, Math.max(header.pageSize(), 1)), bytes, 0, bytes.length);
                ByteBuffer frameHeader = ByteBuffer.wrap(bytes);
                int databaseSize = frameHeader.getInt(4);
                if (frameHeader.getInt(0) == 0
                        || frameHeader.getInt(8) != header.salt1()
                        || frameHeader.getInt(12) != header.salt2()) {
                    return base;
                }
                if (databaseSize != 0) {
                    return frame + 1;
                }
            }
        }
    }

    @BeforeEach
    void attach() {
        file = directory.resolve("shop.db");
        BarrierVfs.register();
        BarrierVfs.attach(file, barrier);
    }

    @AfterEach
    void detach() {
        BarrierVfs.detach(file);
        assertThat(BarrierVfs.openWals())
                .as("WAL entries left after all connections closed")
                .isZero();
    }

    private Connection open() {
        Connection db = Connection.open(file, OpenMode.CREATE, BarrierVfs.NAME);
        db.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
        db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
        return db;
    }

    private static long count(Connection db) {
        try (Statement select = db.prepare("SELECT count(*) FROM t")) {
            select.step();
            return select.columnLong(0);
        }
    }

    @Test
    void aRefusedWriteRollsTheTransactionBack() throws Exception {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 'before'); PRAGMA cache_size=10");
            int commits = barrier.commits;
            barrier.writableTo = 1_000_000;
            db.exec("BEGIN; SAVEPOINT s; INSERT INTO t VALUES (2, zeroblob(500000))");
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (3, zeroblob(50000000))"))
                    .isInstanceOfSatisfying(
                            SqliteException.class,
                            e -> assertThat(e.extendedCode()).isEqualTo(WalBarrier.refusal(300)));
            assertThat(db.autocommit()).isTrue();
            assertThat(Files.size(Path.of(file + "-wal"))).isBetween(900_000L, 1_000_000L);
            assertThat(count(db)).isEqualTo(1);
            assertThat(barrier.commits).isEqualTo(commits);
            db.exec("INSERT INTO t VALUES (4, 'after')");
            assertThat(count(db)).isEqualTo(2);
        }
    }

    @Test
    void everyCommitPassesAndEmptyOnesDoNot() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
            assertThat(barrier.commits).isEqualTo(1);
            db.exec("BEGIN; INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); COMMIT");
            assertThat(barrier.commits).isEqualTo(2);
            db.exec("BEGIN; COMMIT; UPDATE t SET a = 5 WHERE a = 99; UPDATE t SET a = a");
            db.exec("BEGIN; INSERT INTO t VALUES (3); ROLLBACK");
            assertThat(barrier.commits).isEqualTo(2);
            db.exec("PRAGMA user_version = 7");
            assertThat(barrier.commits).isEqualTo(3);
        }
    }

    @Test
    void aRefusedCommitIsRolledBackAndTheNextOnePasses() {
        try (Connection db = open();
                Connection reader = open()) {
            db.exec("CREATE TABLE t(a)");
            barrier.answer = WalBarrier.refusal(200);
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (1)"))
                    .isInstanceOfSatisfying(SqliteException.class, e -> {
                        assertThat(e.code()).isEqualTo(ResultCode.IOERR);
                        assertThat(e.extendedCode()).isEqualTo(WalBarrier.refusal(200));
                    });
            assertThat(db.autocommit()).isTrue();
            assertThat(count(reader)).isZero();
            db.exec("BEGIN; INSERT INTO t VALUES (2)");
            assertThatThrownBy(() -> db.exec("COMMIT")).isInstanceOf(SqliteException.class);
            assertThat(db.autocommit()).isTrue();
            barrier.answer = WalBarrier.PASS;
            db.exec("INSERT INTO t VALUES (3)");
            assertThat(count(reader)).isEqualTo(1);
        }
    }

    @Test
    void aRefusedCommitThatWasCutOffStaysGone() {
        refuseOneInsertAndReopen();
        try (Connection db = open()) {
            assertThat(count(db)).isEqualTo(1);
        }
    }

    /// Not what anybody wants: it proves that the test above would notice.
    @Test
    void aRefusedCommitThatWasNotCutOffComesBack() {
        barrier.truncateBeforeRefusal = false;
        refuseOneInsertAndReopen();
        try (Connection db = open()) {
            assertThat(count(db)).isEqualTo(2);
        }
    }

    private void refuseOneInsertAndReopen() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
            barrier.answer = WalBarrier.REFUSE;
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (2)")).isInstanceOf(SqliteException.class);
        }
        barrier.answer = WalBarrier.PASS;
    }

    @Test
    void busyIsTakenAsRefusal() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
            barrier.answer = ResultCode.BUSY.value();
            db.exec("BEGIN; INSERT INTO t VALUES (1)");
            assertThatThrownBy(() -> db.exec("COMMIT"))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.IOERR));
            assertThat(db.autocommit()).isTrue();
        }
    }

    @Test
    void anExceptionInTheBarrierRefusesAndIsTheCause() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
            RuntimeException failure = new IllegalArgumentException("no leader");
            barrier.failure = failure;
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (1)"))
                    .isInstanceOf(SqliteException.class)
                    .hasCause(failure);
            barrier.failure = null;
            assertThat(count(db)).isZero();
            assertThatThrownBy(() -> db.exec("nonsense")).hasNoCause();
        }
    }

    @Test
    void aHalfReadReturningCommitsInResetAndIsRefusedThere() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
            try (Statement insert = db.prepare("INSERT INTO t VALUES (1), (2) RETURNING a")) {
                insert.step();
                assertThat(barrier.commits).isEqualTo(1);
                insert.reset();
                assertThat(barrier.commits).isEqualTo(2);

                barrier.answer = WalBarrier.refusal(300);
                insert.step();
                assertThatThrownBy(insert::reset)
                        .isInstanceOfSatisfying(
                                SqliteException.class,
                                e -> assertThat(e.extendedCode()).isEqualTo(WalBarrier.refusal(300)));
                insert.step();
                Statement other = db.prepare("INSERT INTO t VALUES (8), (9) RETURNING a");
                other.step();
                insert.reset();
                assertThatThrownBy(other::close).isInstanceOf(SqliteException.class);
                barrier.answer = WalBarrier.PASS;
            }
            assertThat(count(db)).isEqualTo(2);
        }
    }

    @Test
    void closingTheConnectionReportsARefusedCommit() {
        Connection db = open();
        db.exec("CREATE TABLE t(a)");
        Statement insert = db.prepare("INSERT INTO t VALUES (1), (2) RETURNING a");
        insert.step();
        barrier.answer = WalBarrier.REFUSE;
        assertThatThrownBy(db::close).isInstanceOf(SqliteException.class);
        assertThat(db.isOpen()).isFalse();
        barrier.answer = WalBarrier.PASS;
    }

    @Test
    void aSpilledTransactionIsOneCommit() {
        try (Connection db = open()) {
            db.exec("PRAGMA cache_size=5; CREATE TABLE t(a)");
            db.exec("BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                    + " INSERT INTO t SELECT randomblob(500) FROM n");
            assertThat(barrier.commits).isEqualTo(1);
            db.exec("COMMIT");
            assertThat(barrier.commits).isEqualTo(2);
        }
    }

    @Test
    void aCheckpointIsNoCommit() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
            assertThat(db.checkpoint("main", CheckpointMode.TRUNCATE).isComplete())
                    .isTrue();
            assertThat(barrier.commits).isEqualTo(2);
            db.exec("INSERT INTO t VALUES (1)");
            assertThat(barrier.commits).isEqualTo(3);
        }
    }

    @Test
    void aWalWithoutABarrierCannotBeOpened() {
        Path other = directory.resolve("other.db");
        try (Connection db = Connection.open(other, OpenMode.CREATE, BarrierVfs.NAME)) {
            assertThatThrownBy(() -> db.exec("PRAGMA journal_mode=WAL; CREATE TABLE t(a)"))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.CANTOPEN))
                    .hasRootCauseMessage("no barrier is attached to " + other);
        }
    }

    @Test
    void aSecondBarrierForTheSameFileIsRefused() {
        assertThatThrownBy(() -> BarrierVfs.attach(file, wal -> WalBarrier.PASS))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBarrierCanBeDetachedAfterItsDirectoryIsGone() throws Exception {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        Path database = gone.resolve("a.db");
        BarrierVfs.attach(database, wal -> WalBarrier.PASS);
        Files.delete(gone);
        BarrierVfs.detach(database);
        Files.createDirectory(gone);
        BarrierVfs.attach(database, wal -> WalBarrier.PASS);
        BarrierVfs.detach(database);
    }

    @Test
    void aSymbolicLinkLeadsToTheSameBarrier() throws Exception {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
        }
        Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
        try (Connection db = Connection.open(link, OpenMode.READ_WRITE, BarrierVfs.NAME)) {
            db.exec("PRAGMA synchronous=FULL; INSERT INTO t VALUES (1)");
            assertThat(barrier.commits).isEqualTo(2);
            db.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
        }
    }

    @Test
    void theWalIndexIsInThisProcessAlone() {
        try (Connection db = open();
                Connection reader = open()) {
            db.exec("CREATE TABLE t(a)");
            assertThat(count(reader)).isZero();
            assertThat(directory.resolve("shop.db-wal")).exists();
            assertThat(directory.resolve("shop.db-shm")).doesNotExist();
        }
    }

    /// Opened as the base would, it has a wal-index of its own in a file, and does not see what the others write.
    @Test
    void whoOnlyReadsSharesTheLockAndTheWalIndexOfTheOthers() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
        }
        try (Connection reader = Connection.open(file, OpenMode.READ_ONLY, BarrierVfs.NAME)) {
            reader.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
            assertThat(count(reader)).isZero();
            try (Connection db = open()) {
                db.exec("INSERT INTO t VALUES (1)");
                assertThat(count(reader)).isEqualTo(1);
            }
            assertThat(directory.resolve("shop.db-shm")).doesNotExist();
            assertThatThrownBy(() -> reader.exec("INSERT INTO t VALUES (2)"))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.READONLY));
        }
    }

    @Test
    void aSnapshotIsTheSameForThoseWhoSeeTheSame() {
        try (Connection one = open();
                Connection two = open()) {
            one.exec("CREATE TABLE t(a); BEGIN");
            two.exec("BEGIN");
            assertThat(one.snapshot("main")).isEqualTo(two.snapshot("main"));
            two.exec("INSERT INTO t VALUES (1); COMMIT; BEGIN");
            assertThat(one.snapshot("main")).isNotEqualTo(two.snapshot("main"));
            one.exec("COMMIT; BEGIN");
            assertThat(one.snapshot("main")).isEqualTo(two.snapshot("main"));
        }
    }

    @Test
    void theWalBelongsToTheBarriersThreadAndTime() {
        try (Connection db = open()) {
            db.exec("CREATE TABLE t(a)");
            WalFile wal = Objects.requireNonNull(barrier.lastSeen);
            assertThatThrownBy(wal::size).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> wal.truncate(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theBarrierCannotUseTheConnectionThatCommits() {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Path other = directory.resolve("self.db");
        AtomicReference<Connection> self = new AtomicReference<>();
        BarrierVfs.attach(other, wal -> {
            try {
                self.get().changes();
            } catch (IllegalStateException e) {
                seen.set(e);
            }
            return WalBarrier.PASS;
        });
        try (Connection db = Connection.open(other, OpenMode.CREATE, BarrierVfs.NAME)) {
            self.set(db);
            db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(a)");
            assertThat(seen.get()).hasMessageContaining("callback");
        } finally {
            BarrierVfs.detach(other);
        }
    }

    @Test
    void theBarrierMaySyncAndMeasureTheFile() {
        Path other = directory.resolve("synced.db");
        AtomicReference<Long> size = new AtomicReference<>();
        BarrierVfs.attach(other, wal -> {
            size.set(wal.size());
            wal.sync();
            return WalBarrier.PASS;
        });
        try (Connection db = Connection.open(other, OpenMode.CREATE, BarrierVfs.NAME)) {
            db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(a)");
            assertThat(size.get()).isEqualTo(WalFile.frameOffset(2, 4096));
        } finally {
            BarrierVfs.detach(other);
        }
    }

    @Test
    void readersOfAHeldSnapshotDoNotSeeACommitDuringOrAfterTheBarrier() {
        try (Connection db = open();
                Connection reader = open()) {
            db.exec("CREATE TABLE t(a)");
            reader.exec("BEGIN");
            assertThat(count(reader)).isZero();
            db.exec("INSERT INTO t VALUES (1)");
            assertThat(count(reader)).isZero();
            reader.exec("COMMIT");
            assertThat(count(reader)).isEqualTo(1);
        }
    }
}
