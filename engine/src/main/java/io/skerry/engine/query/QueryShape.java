package io.skerry.engine.query;

/// What a statement is known by in lists of queries: its text without the values that stand in it, which may be
/// anybody's secrets, and without comments. Statements that differ in their values alone have one shape.
final class QueryShape {

    /// A longer shape is cut off.
    static final int CHARS_MAX = 300;

    private QueryShape() {}

    static String of(String sql) {
        var shape = new StringBuilder(Math.min(sql.length(), CHARS_MAX));
        var tokens = new Tokens(sql);
        var last = 0;
        while (tokens.next() != Tokens.Kind.END && shape.length() < CHARS_MAX) {
            if (tokens.start() > last && !shape.isEmpty()) {
                shape.append(' ');
            }
            last = tokens.end();
            if (isValue(sql, tokens)) {
                shape.append('?');
            } else {
                shape.append(sql, tokens.start(), last);
            }
        }
        return shape.length() > CHARS_MAX ? shape.substring(0, CHARS_MAX) : shape.toString();
    }

    /// A text, a number or a blob; names may be quoted too, but not like texts.
    private static boolean isValue(String sql, Tokens token) {
        var first = sql.charAt(token.start());
        return first == '\'' || (first >= '0' && first <= '9') || sql.charAt(token.end() - 1) == '\'';
    }
}
