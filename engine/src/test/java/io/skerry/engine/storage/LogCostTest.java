package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What real statements cost in the log, with the settings that the product has.
class LogCostTest {

    private static final DatabaseId ID = DatabaseId.parse("00000000-0000-0000-0000-000000000001");
    private static final int INSERTS = 5_000;

    @TempDir
    private Path directory;

    @Test
    void aRowWithARandomIndexTakesLessThanAKilobyte() {
        var log = new FakeLog();
        try (var leader = new TestNode(directory, log, true, StorageSettings.DEFAULT)) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER, line TEXT)");
            leader.exec(ID, "CREATE INDEX by_n ON t(n)");
            leader.exec(
                    ID,
                    "INSERT INTO t(n, line) WITH RECURSIVE c(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM c WHERE v < 100000)"
                            + " SELECT random(), hex(randomblob(40)) FROM c");
            long before = log.last();
            for (int i = 0; i < INSERTS; i++) {
                leader.exec(ID, "INSERT INTO t(n, line) VALUES (random(), hex(randomblob(40)))");
            }
            long bytes = 0;
            for (long entry = before + 1; entry <= log.last(); entry++) {
                bytes += log.entry(entry).length;
            }
            // Most pages of the index are touched again before a checkpoint makes them whole again.
            assertThat(bytes / INSERTS).isLessThanOrEqualTo(1024);
        }
    }
}
