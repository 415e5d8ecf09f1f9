package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest {
    @TempDir
    Path directory;

    private Connection open(String name) {
        return Connection.open(directory.resolve(name), OpenMode.CREATE);
    }

    static long number(Connection db, String sql) {
        try (Statement select = db.prepare(sql)) {
            assertThat(select.step()).isTrue();
            return select.columnLong(0);
        }
    }

    @Test
    void theLibraryIsTheOneWeBuild() {
        assertThat(Sqlite.version()).isEqualTo("3.54.1");
        assertThat(Sqlite.hasOption("THREADSAFE=2")).isTrue();
        assertThat(Sqlite.hasOption("ENABLE_DBPAGE_VTAB")).isTrue();
        assertThat(Sqlite.hasOption("ENABLE_STMT_SCANSTATUS")).isFalse();
        assertThat(Sqlite.hasOption("OMIT_LOAD_EXTENSION")).isTrue();
    }

    @Test
    void whatTheFlagsPromiseWorks() {
        try (Connection db = Connection.openInMemory()) {
            db.exec("CREATE VIRTUAL TABLE f USING fts5(body); INSERT INTO f VALUES ('grey heron')");
            db.exec("CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); CREATE VIRTUAL TABLE g USING geopoly()");
            db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3); DELETE FROM t ORDER BY a LIMIT 2");
            assertThat(number(db, "SELECT a FROM t")).isEqualTo(3);
            assertThat(number(db, "SELECT count(*) FROM f WHERE f MATCH 'heron'"))
                    .isEqualTo(1);
            assertThat(number(db, "SELECT ceil(1.5)")).isEqualTo(2);
            assertThat(number(db, "SELECT count(*) FROM sqlite_dbpage")).isPositive();
            assertThatThrownBy(() -> db.exec("SELECT \"text\"")).hasMessageContaining("no such column");
        }
    }

    @Test
    void openingTellsWhatIsWrong() {
        Path missing = directory.resolve("missing.db");
        assertThatThrownBy(() -> Connection.open(missing, OpenMode.READ_WRITE))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.CANTOPEN))
                .hasMessageContaining("cannot open missing.db: ")
                .hasMessageNotContaining(directory.toString());
        assertThatThrownBy(() -> Connection.open(missing, OpenMode.CREATE, "nowhere"))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void aReadOnlyConnectionCannotWrite() {
        try (Connection db = open("a.db")) {
            db.exec("CREATE TABLE t(a)");
        }
        try (Connection db = Connection.open(directory.resolve("a.db"), OpenMode.READ_ONLY)) {
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (1)"))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.READONLY));
        }
    }

    @Test
    void countsChangesAndRemembersTheRowid() {
        try (Connection db = Connection.openInMemory()) {
            db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)");
            assertThat(db.changes()).isEqualTo(2);
            assertThat(db.lastInsertRowid()).isEqualTo(2);
            db.exec("UPDATE t SET a = 5");
            assertThat(db.totalChanges()).isEqualTo(4);
            db.setLastInsertRowid(77);
            assertThat(number(db, "SELECT last_insert_rowid()")).isEqualTo(77);
        }
    }

    @Test
    void autocommitEndsWithBeginAndComesBackWithRollback() {
        try (Connection db = Connection.openInMemory()) {
            assertThat(db.autocommit()).isTrue();
            db.exec("BEGIN");
            assertThat(db.autocommit()).isFalse();
            db.exec("ROLLBACK");
            assertThat(db.autocommit()).isTrue();
        }
    }

    @Test
    void limitsAreSetAskedAndHold() {
        try (Connection db = Connection.openInMemory()) {
            int before = db.limit(Limit.SQL_LENGTH, 100);
            assertThat(before).isPositive();
            assertThat(db.limit(Limit.SQL_LENGTH, -1)).isEqualTo(100);
            String tooLong = "SELECT '" + "x".repeat(100) + "'";
            assertThatThrownBy(() -> db.prepare(tooLong))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.TOOBIG));
            db.limit(Limit.LENGTH, 1000);
            try (Statement select = db.prepare("SELECT ?")) {
                assertThatThrownBy(() -> select.bindBlob(1, new byte[1001])).isInstanceOf(SqliteException.class);
            }
        }
    }

    @Test
    void switchesAndLookasideCanBeSet() {
        try (Connection db = open("a.db")) {
            db.lookaside(0, 0);
            db.exec("CREATE TABLE t(a)");
            assertThat(db.dbStatus(DbStatus.LOOKASIDE_USED)).isZero();
            assertThat(db.dbStatus(DbStatus.CACHE_USED)).isPositive();
            db.dbConfig(DbConfig.DEFENSIVE, true);
            assertThatThrownBy(() -> db.exec("UPDATE sqlite_dbpage SET data = data"))
                    .hasMessageContaining("read-only");
        }
    }

    @Test
    void deferredForeignKeysAreCounted() {
        try (Connection db = Connection.openInMemory()) {
            db.exec("PRAGMA foreign_keys=ON; CREATE TABLE p(a PRIMARY KEY);"
                    + "CREATE TABLE c(a REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
            db.exec("BEGIN; INSERT INTO c VALUES (1)");
            assertThat(db.dbStatus(DbStatus.DEFERRED_FKS)).isEqualTo(1);
            db.exec("ROLLBACK");
            assertThat(db.dbStatus(DbStatus.DEFERRED_FKS)).isZero();
        }
    }

    @Test
    void aCheckpointBesideAnOldReaderIsNotComplete() {
        try (Connection db = open("a.db");
                Connection reader = open("a.db")) {
            db.exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(a)");
            reader.exec("BEGIN");
            number(reader, "SELECT count(*) FROM t");
            db.exec("INSERT INTO t VALUES (1)");

            Checkpoint passive = db.checkpoint("main", CheckpointMode.PASSIVE);
            assertThat(passive.busy()).isFalse();
            assertThat(passive.isComplete()).isFalse();
            assertThat(db.checkpoint("main", CheckpointMode.TRUNCATE).busy()).isTrue();
            reader.exec("COMMIT");
            Checkpoint complete = db.checkpoint(null, CheckpointMode.PASSIVE);
            assertThat(complete.isComplete()).isTrue();
            assertThat(complete.logFrames()).isEqualTo(3);
        }
    }

    /// What a connection says of its last call is not said of another.
    @Test
    void anErrorIsThatOfItsOwnCall() {
        try (Connection db = Connection.openInMemory()) {
            db.exec("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)");
            assertThatThrownBy(() -> db.exec("INSERT INTO t VALUES (1)")).hasMessageContaining("UNIQUE");
            int unique = 2067;
            SqliteException primary = Failure.of(db.handle(), ResultCode.CONSTRAINT.value(), 0);
            assertThat(primary.extendedCode()).isEqualTo(unique);
            assertThat(primary).hasMessageContaining("t.a");
            SqliteException other = Failure.of(db.handle(), ResultCode.BUSY.value(), 0);
            assertThat(other.code()).isEqualTo(ResultCode.BUSY);
            assertThat(other).hasMessageContaining("locked");
        }
    }

    @Test
    void interruptEndsARunningStatementFromAnotherThread() throws Exception {
        try (Connection db = Connection.openInMemory()) {
            var running = new java.util.concurrent.CountDownLatch(1);
            db.progressHandler(1000, () -> {
                running.countDown();
                return true;
            });
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    running.await();
                    db.interrupt();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThatThrownBy(() -> db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                            + " SELECT count(*) FROM n"))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.INTERRUPT));
            other.join();
        }
    }

    @Test
    void aClosedConnectionMayBeInterruptedAndClosedAgain() {
        Connection db = Connection.openInMemory();
        db.close();
        db.close();
        db.interrupt();
        assertThat(db.isOpen()).isFalse();
    }
}
