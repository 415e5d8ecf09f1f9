package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowCountsTest {

    @TempDir
    Path directory;

    Node node;
    Session session;

    @BeforeEach
    void open() {
        node = new Node(directory);
        session = node.session();
        Node.run(session, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
        Node.run(session, "CREATE TABLE log (a)");
    }

    @AfterEach
    void close() {
        session.close();
        node.close();
    }

    @Test
    void rowsThatStatementsChangeAreCountedWithWhatTriggersChange() {
        Node.run(session, "CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END");
        assertWritten(6, "INSERT INTO t (b) VALUES (1), (2), (3)");
        assertWritten(3, "UPDATE t SET b = 0");
        assertWritten(1, "DELETE FROM t WHERE a = 2");
        assertWritten(0, "SELECT * FROM t");
        assertWritten(0, "INSERT INTO t (a) VALUES (1)");
        assertWritten(2, "INSERT INTO t (b) VALUES (4) RETURNING a");
    }

    @Test
    void everyStepOfABatchCountsOnce() {
        node.file.meters.take();
        Node.all(
                session, "INSERT INTO t (b) VALUES (1)", "INSERT INTO nope VALUES (1)", "INSERT INTO t (b) VALUES (2)");
        var counted = counted();
        assertThat(counted.rowsWritten()).isEqualTo(2);
        assertThat(counted.queries()).extracting(Query::text).containsExactly("INSERT INTO t (b) VALUES (?)");
    }

    @Test
    void rowsReadAreAtLeastThoseReturnedAndThoseOfFullScans() {
        Node.run(
                session,
                "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000)"
                        + " INSERT INTO t (b) SELECT x FROM n");
        assertRead(1, 3, "SELECT * FROM t WHERE a = 5");
        assertRead(1000, 1000, "SELECT b FROM t");
        assertRead(1000, 2000, "SELECT count(*) FROM t WHERE b > 5");
        assertRead(100, 200, "SELECT b FROM t WHERE a BETWEEN 100 AND 199");
    }

    private void assertWritten(long rows, String sql) {
        node.file.meters.take();
        Node.run(session, sql);
        assertThat(counted().rowsWritten()).as(sql).isEqualTo(rows);
    }

    private void assertRead(long least, long most, String sql) {
        node.file.meters.take();
        Node.run(session, sql);
        assertThat(counted().rowsRead()).as(sql).isBetween(least, most);
    }

    private Reading counted() {
        var readings = node.file.meters.take();
        return readings.isEmpty() ? new Reading(node.file.id(), 0, 0, List.of()) : readings.getFirst();
    }
}
