package io.skerry.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The rows that statements of each shape, which is their text without values, have read and written since
/// they were last taken, for as many as there is room for: when there are more, the half with the fewest rows
/// is forgotten. Thread-safe.
public final class QueryCounts {

    static final int SHAPES_MAX = 100;

    private final ReentrantLock forgetting = new ReentrantLock();
    private volatile Map<String, RowCounts> byShape = new ConcurrentHashMap<>();

    /// @param text of the statements, without values
    public record Query(String text, long rowsRead, long rowsWritten) {

        /// What a list of queries is ordered by.
        public static final Comparator<Query> MOST_ROWS_FIRST =
                Comparator.comparingLong(Query::rows).reversed().thenComparing(Query::text);

        /// @param other of the same text
        public Query plus(Query other) {
            return new Query(text, rowsRead + other.rowsRead, rowsWritten + other.rowsWritten);
        }

        private long rows() {
            return rowsRead + rowsWritten;
        }
    }

    void add(String shape, long rowsRead, long rowsWritten) {
        Map<String, RowCounts> present = byShape;
        RowCounts counts = present.get(shape);
        if (counts == null) {
            if (present.size() >= SHAPES_MAX) {
                forgetHalf(present);
            }
            counts = present.computeIfAbsent(shape, absent -> new RowCounts());
        }
        counts.add(rowsRead, rowsWritten);
    }

    /// Those with the most rows first.
    List<Query> top(int count) {
        return top(byShape, count);
    }

    /// As [#top], and begins anew. A statement that is being added at that very moment may be lost to both.
    List<Query> take(int count) {
        Map<String, RowCounts> taken = byShape;
        if (taken.isEmpty()) {
            return List.of();
        }
        byShape = new ConcurrentHashMap<>();
        return top(taken, count);
    }

    private static List<Query> top(Map<String, RowCounts> byShape, int count) {
        return byShape.entrySet().stream()
                .map(entry -> new Query(
                        entry.getKey(),
                        entry.getValue().read(),
                        entry.getValue().written()))
                .sorted(Query.MOST_ROWS_FIRST)
                .limit(count)
                .toList();
    }

    private void forgetHalf(Map<String, RowCounts> present) {
        if (!forgetting.tryLock()) {
            return; // somebody does it just now
        }
        try {
            List<Query> all = top(present, Integer.MAX_VALUE);
            all.subList(Math.min(all.size(), SHAPES_MAX / 2), all.size())
                    .forEach(query -> present.remove(query.text()));
        } finally {
            forgetting.unlock();
        }
    }
}
