package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the servers say that statements of several shapes read, beside the rows of tables and entries of
/// indexes that each has to visit. The statements run one after the other on a table whose content is known,
/// so nothing here varies from run to run.
final class RowsRead implements Measurement {

    private static final Pattern ROWS_READ = Pattern.compile("\"rows_read\":(\\d+)");

    private static final List<String> TABLES = List.of(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, c INTEGER, name TEXT UNIQUE)",
            "CREATE INDEX by_c ON t (c)",
            "INSERT INTO t (c, name) WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n WHERE v < "
                    + Statements.ROWS + ") SELECT v, 'name ' || v FROM n",
            "CREATE TABLE few (id INTEGER PRIMARY KEY, t INTEGER)",
            "INSERT INTO few (t) SELECT id * 7 FROM t WHERE id <= 1000",
            "CREATE TABLE target (a INTEGER)");

    /// @param visited rows and entries
    private record Shape(String name, String sql, long visited) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("one row by its key", "SELECT c FROM t WHERE id = 5000", 1),
            new Shape("one row by a unique text", "SELECT id FROM t WHERE name = 'name 5000'", 1),
            new Shape("100 rows by a range of the key", "SELECT c FROM t WHERE id BETWEEN 5000 AND 5099", 100),
            new Shape("LIMIT 10", "SELECT c FROM t LIMIT 10", 10),
            new Shape("sum over the whole table", "SELECT sum(length(name)) FROM t", Statements.ROWS),
            new Shape(
                    "ORDER BY without an index, LIMIT 5",
                    "SELECT id FROM t ORDER BY length(name) LIMIT 5",
                    Statements.ROWS),
            new Shape("join of 1,000 rows by key", "SELECT sum(c) FROM few JOIN t ON t.id = few.t", 2_000),
            new Shape(
                    "count over half an index",
                    "SELECT count(*) FROM t WHERE c > " + Statements.ROWS / 2,
                    Statements.ROWS / 2),
            new Shape("count of the whole table", "SELECT count(*) FROM t", Statements.ROWS),
            new Shape("UPDATE of 30 rows by key", "UPDATE t SET c = -c WHERE id BETWEEN 101 AND 130", 30),
            new Shape("DELETE of 50 rows by key", "DELETE FROM t WHERE id BETWEEN 201 AND 250", 50),
            new Shape(
                    "INSERT of 50 rows that are read",
                    "INSERT INTO target SELECT c FROM t WHERE id BETWEEN 301 AND 350",
                    50));

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        List<Long> sqld;
        try (ServerProcess server = ServerProcess.sqld(context.directory("rows-sqld"))) {
            sqld = measure(new Endpoint(server.port(0), "", null));
        }
        try (ServerProcess server = ServerProcess.skerry(context.directory("rows"))) {
            List<Long> skerry = measure(new ControlPlane(server).createDatabase("rows"));
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < SHAPES.size(); i++) {
                Shape shape = SHAPES.get(i);
                String ratio = String.format(
                        Locale.ROOT, "%,d (%.2fx)", skerry.get(i), skerry.get(i) / (double) shape.visited());
                rows.add(new Row(
                        "rows read: " + shape.name(),
                        number(sqld.get(i)),
                        ratio,
                        number(shape.visited()) + " visited"));
            }
            return rows;
        }
    }

    private static List<Long> measure(Endpoint database) throws IOException {
        List<Long> read = new ArrayList<>();
        try (PipelineConnection connection = new PipelineConnection(database)) {
            for (String table : TABLES) {
                connection.call(Statements.execute(table));
            }
            for (Shape shape : SHAPES) {
                connection.call(Statements.execute(shape.sql()));
                Matcher said = ROWS_READ.matcher(connection.answer());
                if (!said.find()) {
                    throw new IOException("an answer that does not tell the rows read: " + connection.answer());
                }
                read.add(Long.parseLong(said.group(1)));
            }
        }
        return read;
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
