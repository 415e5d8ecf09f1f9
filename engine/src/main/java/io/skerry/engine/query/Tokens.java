package io.skerry.engine.query;

/// Cuts SQL text into the few kinds of token that tell where statements begin and end, as SQLite's tokenizer
/// does. Malformed text never throws: an unclosed quote or comment extends to the end, SQLite will complain.
final class Tokens {

    enum Kind {
        END,
        SEMICOLON,
        /// A keyword or an unquoted identifier.
        WORD,
        OPEN,
        CLOSE,
        OTHER
    }

    private final String text;
    private int start;
    private int end;

    Tokens(String text) {
        this.text = text;
    }

    /// Moves to the next token that is neither white space nor a comment.
    Kind next() {
        start = skipSpace(end);
        if (start >= text.length()) {
            end = start;
            return Kind.END;
        }
        var c = text.charAt(start);
        end = start + 1;
        return switch (c) {
            case ';' -> Kind.SEMICOLON;
            case '(' -> Kind.OPEN;
            case ')' -> Kind.CLOSE;
            case '\'', '"', '`' -> quoted(c);
            case '[' -> {
                end = after(']', end);
                yield Kind.OTHER;
            }
            default -> {
                if (isWordStart(c)) {
                    end = wordEnd(end);
                    // x'0102' is a blob, not a name.
                    if (end == start + 1 && (c == 'x' || c == 'X') && end < text.length() && text.charAt(end) == '\'') {
                        end = after('\'', end + 1);
                        yield Kind.OTHER;
                    }
                    yield Kind.WORD;
                }
                if (isDigit(c) || c == ':' || c == '@' || c == '$' || c == '?' || c == '#') {
                    end = wordEnd(end);
                }
                yield Kind.OTHER;
            }
        };
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /// Whether the token is this keyword, in any case. `keyword` is in upper case.
    boolean is(String keyword) {
        return end - start == keyword.length() && text.regionMatches(true, start, keyword, 0, keyword.length());
    }

    private Kind quoted(char quote) {
        while (true) {
            end = after(quote, end);
            if (end >= text.length() || text.charAt(end) != quote) {
                return Kind.OTHER;
            }
            end++; // a doubled quote stands for itself
        }
    }

    private int after(char c, int from) {
        var found = text.indexOf(c, from);
        return found < 0 ? text.length() : found + 1;
    }

    private int wordEnd(int from) {
        var i = from;
        while (i < text.length() && isWordPart(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private int skipSpace(int from) {
        var i = from;
        while (i < text.length()) {
            var c = text.charAt(i);
            if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || (c == '\uFEFF' && i == 0)) {
                i++;
            } else if (c == '-' && text.startsWith("--", i)) {
                i = after('\n', i);
            } else if (c == '/' && text.startsWith("/*", i)) {
                var close = text.indexOf("*/", i + 2);
                i = close < 0 ? text.length() : close + 2;
            } else {
                return i;
            }
        }
        return i;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || isDigit(c) || c == '$';
    }
}
