package io.skerry.engine.dump;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Prepared;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The statements of a long text, read as it is needed. SQLite itself finds where each ends: what it
/// prepared is taken for whole only if text follows it, or the text is over. Otherwise more of the
/// text is read and SQLite asked again, since even a part that makes sense (`SELECT 1`, of `SELECT 1
/// UNION …`) may not be all. Not thread-safe.
final class DumpText {

    /// Small, because SQLite is given a copy of what is left of it for each statement.
    private static final int WINDOW_BYTES = 16 * 1024;

    /// What SQLite says when its own message is longer than a text may be.
    private static final String WORDLESS = "SQL logic error";

    private static final String INCOMPLETE = "incomplete input";

    private static final int MESSAGE_CHARS_MAX = 1000;
    private static final int QUOTED_BYTES = 52;

    private final Connection connection;
    private final InputStream in;
    private final int statementBytesMax;
    private byte[] window = new byte[WINDOW_BYTES];
    private int begin;
    private int end;
    /// Where the text goes on after the statement that was given last.
    private int passed;
    private boolean over;
    private long line = 1;
    /// Of the text, before the window.
    private long forgotten;

    /// @param statementBytesMax of one statement, with the comments before it
    DumpText(Connection connection, InputStream in, int statementBytesMax) {
        this.connection = connection;
        this.in = in;
        this.statementBytesMax = statementBytesMax;
    }

    /// The line that the statement given last begins in, counted from 1; of the one that could not be
    /// prepared, if that was the last call.
    long line() {
        return line;
    }

    /// Bytes of the text up to the end of the statement that was given last.
    long passed() {
        return forgotten + passed;
    }

    /// Prepares the next statement, which the caller closes; null at the end.
    ///
    /// @throws SqliteException if SQLite does not take it
    /// @throws DumpException if it is too long, or SQLite's own message would be
    @Nullable
    Statement next() throws IOException {
        skipBlank();
        while (true) {
            try {
                Prepared prepared = connection.prepare(window, begin, end - begin, false);
                Statement statement = prepared.statement();
                boolean whole = over || prepared.tail() < end;
                if (whole && statement != null) {
                    passed = prepared.tail();
                    return statement;
                }
                if (whole && prepared.tail() == end) {
                    return null;
                }
                if (whole) {
                    passed = prepared.tail();
                    skipBlank();
                    continue;
                }
                if (statement != null) {
                    statement.close();
                }
            } catch (SqliteException e) {
                if (over || !more()) {
                    throw failed(e);
                }
                continue;
            }
            if (!more()) {
                throw tooLong();
            }
        }
    }

    private DumpException tooLong() {
        return new DumpException("a statement is longer than " + statementBytesMax + " bytes");
    }

    /// SQLite's words quote what they are about. That can be megabytes, and beyond a limit SQLite finds no words.
    private RuntimeException failed(SqliteException e) {
        String message = String.valueOf(e.getMessage());
        boolean wordless = message.equals(WORDLESS);
        OpenToken open =
                wordless || message.startsWith("unrecognized token") ? OpenToken.find(window, begin, end) : null;
        if (open != null) {
            return new DumpException(open.told(line) + (over ? "" : " within " + statementBytesMax + " bytes"));
        }
        if (!over && (wordless || message.equals(INCOMPLETE))) {
            return tooLong();
        }
        boolean told = !wordless && message.length() <= MESSAGE_CHARS_MAX;
        int at = e.offset();
        return told || at < begin || at >= end ? e : syntaxError(at);
    }

    private DumpException syntaxError(int at) {
        int shown = Math.min(end - at, QUOTED_BYTES);
        long where = line;
        for (int before = begin; before < at; before++) {
            where += window[before] == '\n' ? 1 : 0;
        }
        return new DumpException("near \"" + new String(window, at, shown, StandardCharsets.UTF_8)
                + (at + shown < end ? "…" : "") + "\": syntax error in line " + where);
    }

    /// Goes on to where the next statement begins, past blanks and comments of one line: the line is
    /// to be that of the statement.
    private void skipBlank() throws IOException {
        countTo(passed);
        boolean comment = false;
        while (true) {
            if (begin + 1 >= end && !over) {
                more();
            }
            if (begin >= end) {
                break;
            }
            byte b = window[begin];
            boolean dashes = b == '-' && begin + 1 < end && window[begin + 1] == '-';
            comment = (comment && b != '\n') || dashes;
            if (!comment && b != ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f') {
                break;
            }
            countTo(begin + 1);
        }
        passed = begin;
    }

    private void countTo(int position) {
        for (; begin < position; begin++) {
            if (window[begin] == '\n') {
                line++;
            }
        }
    }

    /// Reads on; what is before `begin` is forgotten.
    ///
    /// @return false if the window may not grow any more
    private boolean more() throws IOException {
        int length = end - begin;
        if (length >= statementBytesMax) {
            return false;
        }
        int room = Math.max(WINDOW_BYTES, Math.min(statementBytesMax, length * 2));
        byte[] next = room == window.length ? window : new byte[room];
        System.arraycopy(window, begin, next, 0, length);
        window = next;
        forgotten += begin;
        begin = 0;
        passed = 0;
        int read = in.readNBytes(window, length, window.length - length);
        end = length + read;
        over = end < window.length;
        return true;
    }
}
