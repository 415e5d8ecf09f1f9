package io.skerry.engine;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.Statement;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// All pages of a database as of one moment, on their way into another one.
///
/// Layout, big-endian: the size of a page (4), their number (8), the pages in order. The number tells a whole
/// stream from one that broke off.
public final class DatabaseImage {

    static final int HEADER_BYTES = Integer.BYTES + Long.BYTES;

    private DatabaseImage() {}

    /// See [Database#copyTo].
    static void write(Database source, OutputStream out) {
        source.read(connection -> {
            try {
                write(connection, new DataOutputStream(out));
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /// As [Database#copyTo], of a file that nobody writes.
    public static void write(Path file, OutputStream out) throws IOException {
        try (Connection connection = Connection.open(file, OpenMode.READ_ONLY)) {
            write(connection, new DataOutputStream(out));
        }
    }

    private static void write(Connection connection, DataOutputStream out) throws IOException {
        // The first statement that looks at the file fixes what all others see.
        long pages = number(connection, "PRAGMA page_count");
        out.writeInt((int) number(connection, "PRAGMA page_size"));
        out.writeLong(pages);
        long written = 0;
        try (Statement select = connection.prepare("SELECT data FROM sqlite_dbpage ORDER BY pgno")) {
            while (select.step()) {
                byte[] page = select.columnBlob(0);
                if (page == null) {
                    throw new IllegalStateException("page " + (written + 1) + " has no data");
                }
                out.write(page);
                written++;
            }
        }
        if (written != pages) {
            throw new IllegalStateException(written + " pages were found instead of " + pages);
        }
        out.flush();
    }

    static long number(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            return statement.step() ? statement.columnLong(0) : 0;
        }
    }
}
