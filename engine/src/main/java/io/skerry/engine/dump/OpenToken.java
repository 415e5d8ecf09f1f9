package io.skerry.engine.dump;

import org.jspecify.annotations.Nullable;

/// A text or a name in quotes that has no end.
///
/// @param quote what it begins with: one of `' " [` and the backtick
/// @param line where it begins, counted from 0 at the begin of the SQL
record OpenToken(char quote, int line) {

    /// Whatever SQL this is, whole or not: SQLite's own rules for quotes and comments.
    ///
    /// @return the one in whose middle the SQL ends; null if it does not
    static @Nullable OpenToken find(byte[] utf8, int begin, int end) {
        int line = 0;
        int at = begin;
        while (at < end) {
            int close = close(utf8, at, end);
            int next = close < 0 ? end : close;
            if (close < 0 && isQuote(utf8[at])) {
                return new OpenToken((char) utf8[at], line);
            }
            for (; at < next; at++) {
                line += utf8[at] == '\n' ? 1 : 0;
            }
        }
        return null;
    }

    /// What the person who wrote it is told.
    ///
    /// @param firstLine that of the SQL's begin in the whole text
    String told(long firstLine) {
        return "the " + (quote == '\'' ? "text" : "name") + " that begins with " + quote + " in line "
                + (firstLine + line) + " has no end";
    }

    private static boolean isQuote(byte b) {
        return b == '\'' || b == '"' || b == '`' || b == '[';
    }

    /// Where the token at `at` ends; negative if nothing ends it. A doubled quote begins the next token, which has the
    /// same effect as going on.
    private static int close(byte[] utf8, int at, int end) {
        byte b = utf8[at];
        byte second = at + 1 < end ? utf8[at + 1] : 0;
        if (b == '-' && second == '-') {
            return find(utf8, at + 2, end, (byte) '\n', (byte) 0);
        }
        if (b == '/' && second == '*') {
            return find(utf8, at + 2, end, (byte) '*', (byte) '/');
        }
        return isQuote(b) ? find(utf8, at + 1, end, b == '[' ? (byte) ']' : b, (byte) 0) : at + 1;
    }

    /// @param second what comes after `first`; 0 if that stands alone
    private static int find(byte[] utf8, int from, int end, byte first, byte second) {
        for (int at = from; at < end; at++) {
            if (utf8[at] == first && second == 0) {
                return at + 1;
            }
            if (utf8[at] == first && at + 1 < end && utf8[at + 1] == second) {
                return at + 2;
            }
        }
        return -1;
    }
}
