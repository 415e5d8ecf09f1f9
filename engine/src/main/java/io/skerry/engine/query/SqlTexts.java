package io.skerry.engine.query;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// Texts that were analysed before. Statements of a fleet of like databases repeat, so all databases of a node
/// share it. Forgets everything when it is full, which costs less than keeping an order. Thread-safe.
final class SqlTexts {

    private static final int TEXT_CHARS_MAX = 4_096;

    private final ConcurrentHashMap<String, Known> texts = new ConcurrentHashMap<>();
    private final int countMax;

    SqlTexts(int countMax) {
        this.countMax = countMax;
    }

    /// @throws io.skerry.engine.DatabaseException SQL_NO_STATEMENT, SQL_MANY_STATEMENTS
    SqlText single(String text) {
        return known(text).text;
    }

    /// As [#single], and has a text that nobody parsed yet parsed.
    ///
    /// @param parser throws what is wrong with the text
    SqlText parsed(String text, Consumer<SqlText> parser) {
        var known = known(text);
        if (!known.parsed) {
            parser.accept(known.text);
            known.parsed = true;
        }
        return known.text;
    }

    private Known known(String text) {
        var known = texts.get(text);
        if (known != null) {
            return known;
        }
        var analysed = new Known(SqlText.single(text));
        if (text.length() <= TEXT_CHARS_MAX) {
            if (texts.mappingCount() >= countMax) {
                texts.clear();
            }
            texts.put(text, analysed);
        }
        return analysed;
    }

    private static final class Known {
        private final SqlText text;
        private volatile boolean parsed;

        Known(SqlText text) {
            this.text = text;
        }
    }
}
