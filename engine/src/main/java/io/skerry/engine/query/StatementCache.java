package io.skerry.engine.query;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// Prepared statements of one connection by their text, least recently used first to go. Used under the rules of
/// the connection; the statement that runs is the one used last and so never the one that goes.
final class StatementCache {

    private final LinkedHashMap<String, PreparedSql> statements = new LinkedHashMap<>(16, 0.75f, true);
    private final int countMax;
    private final int charsMax;
    private long chars;

    StatementCache(int countMax, int charsMax) {
        this.countMax = countMax;
        this.charsMax = charsMax;
    }

    @Nullable
    PreparedSql get(String text) {
        return statements.get(text);
    }

    /// Whether a text is short enough to be worth keeping.
    boolean accepts(String text) {
        return text.length() <= charsMax / 4;
    }

    void put(String text, PreparedSql statement) {
        statements.put(text, statement);
        chars += text.length();
        var eldest = statements.entrySet().iterator();
        while (statements.size() > countMax || chars > charsMax) {
            var entry = eldest.next();
            eldest.remove();
            chars -= entry.getKey().length();
            entry.getValue().statement().close();
        }
    }

    int size() {
        return statements.size();
    }
}
