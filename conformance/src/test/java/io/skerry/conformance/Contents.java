package io.skerry.conformance;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What a database of [CrashTest] must hold after the changes that were made to it, in their order.
final class Contents {

    private final Map<Row, Long> rows = new TreeMap<>();
    private final Map<Integer, Long> tables = new TreeMap<>();

    private record Row(int writer, long number, int n) implements Comparable<Row> {
        @Override
        public int compareTo(Row other) {
            int byWriter = Integer.compare(writer, other.writer);
            int byNumber = byWriter != 0 ? byWriter : Long.compare(number, other.number);
            return byNumber != 0 ? byNumber : Integer.compare(n, other.n);
        }
    }

    void apply(Change change) {
        switch (change.kind()) {
            case FEW, MANY -> {
                for (int n = 0; n < change.size(); n++) {
                    rows.put(new Row(change.writer(), change.number(), n), 0L);
                }
            }
            case UPDATE -> rows.replaceAll((row, v) -> concerns(change, row) ? v + change.number() : v);
            case DELETE ->
                rows.keySet()
                        .removeIf(row -> concerns(change, row)
                                || (row.writer == change.writer() && row.number < change.number() - Change.KEPT));
            case TABLE -> tables.put(change.writer(), change.number());
            case NO_TABLE -> tables.remove(change.writer());
        }
    }

    private static boolean concerns(Change change, Row row) {
        return row.writer == change.writer() && change.concerns(row.number, row.n);
    }

    /// The statement whose one value is [#rows].
    static String rowsQuery() {
        return "SELECT coalesce(group_concat(writer || ':' || number || ':' || n || ':' || v), '') FROM"
                + " (SELECT * FROM item WHERE length(filler) = " + Change.FILLER_BYTES
                + " ORDER BY writer, number, n)";
    }

    String rows() {
        return rows.entrySet().stream()
                .map(entry -> entry.getKey().writer + ":" + entry.getKey().number + ":" + entry.getKey().n + ":"
                        + entry.getValue())
                .collect(Collectors.joining(","));
    }

    /// The statement whose one value is [#tables]: the last column of a table has the number of who made it.
    static String tablesQuery() {
        return "SELECT coalesce(group_concat(line), '') FROM (SELECT s.name || ':' || c.name AS line FROM sqlite_schema"
                + " AS s JOIN pragma_table_info(s.name) AS c ON c.cid = 1 WHERE s.type = 'table' AND s.name LIKE"
                + " 'extra%' AND EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND tbl_name = s.name)"
                + " ORDER BY s.name)";
    }

    String tables() {
        return tables.entrySet().stream()
                .map(entry -> "extra_" + entry.getKey() + ":y" + entry.getValue())
                .collect(Collectors.joining(","));
    }
}
