package io.skerry.engine;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The rows that each text of a statement has read and written, for as many texts as there is room for: when there
/// are more, the half with the fewest rows is forgotten. Thread-safe.
public final class QueryCounts {

    static final int TEXTS_MAX = 200;

    /// What is longer is counted by its beginning.
    static final int TEXT_CHARS_MAX = 1000;

    private final Map<String, RowCounts> byText = new ConcurrentHashMap<>();
    private final ReentrantLock forgetting = new ReentrantLock();

    public record Query(String text, long rowsRead, long rowsWritten) {

        public Query plus(Query other) {
            return new Query(text, rowsRead + other.rowsRead, rowsWritten + other.rowsWritten);
        }

        /// What a list of queries is ordered by.
        public long rows() {
            return rowsRead + rowsWritten;
        }
    }

    public void add(String text, long rowsRead, long rowsWritten) {
        String key = text.length() > TEXT_CHARS_MAX ? text.substring(0, TEXT_CHARS_MAX) : text;
        RowCounts counts = byText.get(key);
        if (counts == null) {
            if (byText.size() >= TEXTS_MAX) {
                forgetHalf();
            }
            counts = byText.computeIfAbsent(key, absent -> new RowCounts());
        }
        counts.add(rowsRead, rowsWritten);
    }

    /// Those with the most rows first.
    public List<Query> top(int count) {
        return byText.entrySet().stream()
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
            all.subList(Math.min(all.size(), TEXTS_MAX / 2), all.size()).forEach(query -> byText.remove(query.text()));
        } finally {
            forgetting.unlock();
        }
    }
}
