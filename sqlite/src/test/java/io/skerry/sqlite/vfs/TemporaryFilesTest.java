package io.skerry.sqlite.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.Statement;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesTest {
    private static final String ROWS =
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT %d) SELECT i, randomblob(1000) AS b FROM n)";

    @TempDir
    Path directory;

    private Connection db;

    @BeforeEach
    void open() {
        BarrierVfs.register();
        db = Connection.open(directory.resolve("d.db"), OpenMode.CREATE, BarrierVfs.NAME);
        db.exec("PRAGMA cache_size=-100");
    }

    @AfterEach
    void close() {
        BarrierVfs.limitTemporaryFiles(Long.MAX_VALUE, Integer.MAX_VALUE);
        db.close();
    }

    /// Sorts `rows` rows of 1,000 bytes; returns the bytes in temporary files when the first is there.
    private long sort(int rows) {
        try (Statement sorted = db.prepare("SELECT i FROM " + ROWS.formatted(rows) + " ORDER BY b")) {
            assertThat(sorted.step()).isTrue();
            return BarrierVfs.temporaryBytes();
        }
    }

    @Test
    void aSortThatNeedsMoreThanThereIsFailsAndLeavesNothing() {
        assertThat(sort(20_000)).isGreaterThan(20_000_000L);
        assertThat(BarrierVfs.temporaryBytes()).isZero();
        BarrierVfs.limitTemporaryFiles(10_000_000, Integer.MAX_VALUE);
        assertThatThrownBy(() -> sort(20_000)).hasMessage("database or disk is full");
        assertThat(BarrierVfs.temporaryBytes()).isZero();
        assertThat(sort(4_000)).isBetween(4_000_000L, 10_000_000L);
        assertThat(BarrierVfs.temporaryBytes()).isZero();
    }

    @Test
    void aStatementThatNeedsMoreFilesThanThereAreFailsAndLeavesNothing() {
        BarrierVfs.limitTemporaryFiles(Long.MAX_VALUE, 0);
        assertThatThrownBy(() -> sort(20_000)).hasMessage("database or disk is full");
        BarrierVfs.limitTemporaryFiles(Long.MAX_VALUE, 2);
        for (int i = 0; i < 5; i++) {
            assertThat(sort(20_000)).isGreaterThan(20_000_000L);
        }
        assertThat(BarrierVfs.temporaryBytes()).isZero();
    }

    @Test
    void aTableThatIsTooLargeForItFailsAndTheConnectionGoesOn() {
        BarrierVfs.limitTemporaryFiles(5_000_000, Integer.MAX_VALUE);
        db.exec("PRAGMA temp_store=FILE; PRAGMA temp.cache_size=-100; CREATE TEMP TABLE t (i, b)");
        assertThatThrownBy(() -> db.exec("INSERT INTO temp.t SELECT * FROM " + ROWS.formatted(20_000)))
                .hasMessage("database or disk is full");
        db.exec("CREATE TABLE kept (a); INSERT INTO kept VALUES (1)");
        try (Statement count = db.prepare("SELECT (SELECT count(*) FROM temp.t), (SELECT count(*) FROM kept)")) {
            count.step();
            assertThat(count.columnLong(0)).isZero();
            assertThat(count.columnLong(1)).isEqualTo(1);
        }
        db.close();
        assertThat(BarrierVfs.temporaryBytes()).isZero();
    }
}
