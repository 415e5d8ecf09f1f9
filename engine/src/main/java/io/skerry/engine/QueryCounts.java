package io.skerry.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The rows that statements of each shape, which is their text without values, have read and written, for as many as
/// there is room for: when there are more, the half with the fewest rows is forgotten. Thread-safe.
public final class QueryCounts {

    static final int SHAPES_MAX = 100;

    private final Map<String, RowCounts> byShape = new ConcurrentHashMap<>();
    private final ReentrantLock forgetting = new ReentrantLock();

    /// @param text of the statements, without values
    public record Query(String text, long rowsRead, long rowsWritten) {

        /// @param other of the same text
        public Query plus(Query other) {
            return new Query(text, rowsRead + other.rowsRead, rowsWritten + other.rowsWritten);
        }

        /// What a list of queries is ordered by.
        public long rows() {
            return rowsRead + rowsWritten;
        }
    }

    /// @param shape of a few hundred characters at most
    public void add(String shape, long rowsRead, long rowsWritten) {
        RowCounts counts = byShape.get(shape);
        if (counts == null) {
            if (byShape.size() >= SHAPES_MAX) {
                forgetHalf();
            }
            counts = byShape.computeIfAbsent(shape, absent -> new RowCounts());
        }
        counts.add(rowsRead, rowsWritten);
    }

    /// Those with the most rows first.
    public List<Query> top(int count) {
        return byShape.entrySet().stream()
                .map(entry -> new Query(
                        entry.getKey(),
                        entry.getValue().read(),
                        entry.getValue().written()))
                .sorted(Comparator.comparingLong(Query::rows).reversed().thenComparing(Query::text))
                .limit(count)
                .toList();
    }

    private void forgetHalf() {
        if (!forgetting.tryLock()) {
            return; // somebody does it just now
        }
        try {
            List<Query> all = top(Integer.MAX_VALUE);
            all.subList(Math.min(all.size(), SHAPES_MAX / 2), all.size())
                    .forEach(query -> byShape.remove(query.text()));
        } finally {
            forgetting.unlock();
        }
    }
}
