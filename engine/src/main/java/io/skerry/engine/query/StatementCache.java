package io.skerry.engine.query;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// Prepared statements of one connection by their text and the permissions that they were prepared
/// under, so that none is ever run under others; least recently used first to go. Used under the rules
/// of the connection; the statement that runs is the one used last and so never the one that goes.
final class StatementCache {

    /// By the text alone where there are no limits: that way is the one that must be short.
    private final LinkedHashMap<Object, PreparedSql> statements = new LinkedHashMap<>(16, 0.75f, true);
    private final int countMax;
    private final int charsMax;
    private long chars;

    StatementCache(int countMax, int charsMax) {
        this.countMax = countMax;
        this.charsMax = charsMax;
    }

    @Nullable
    PreparedSql get(String text, Permissions permissions) {
        return statements.get(key(text, permissions));
    }

    private static Object key(String text, Permissions permissions) {
        return permissions.limit() ? new Permitted(text, permissions) : text;
    }

    /// Whether a text is short enough to be worth keeping.
    boolean accepts(String text) {
        return text.length() <= charsMax / 4;
    }

    /// Takes the place of one that is no longer good.
    void put(String text, PreparedSql statement) {
        var before = statements.put(key(text, statement.permissions()), statement);
        if (before == null) {
            chars += text.length();
        } else {
            before.statement().close();
        }
        var eldest = statements.entrySet().iterator();
        while (statements.size() > countMax || chars > charsMax) {
            var entry = eldest.next();
            eldest.remove();
            chars -= length(entry.getKey());
            entry.getValue().statement().close();
        }
    }

    private static int length(Object key) {
        return key instanceof Permitted permitted ? permitted.text().length() : ((String) key).length();
    }

    int size() {
        return statements.size();
    }

    private record Permitted(String text, Permissions permissions) {}
}
