package io.skerry.engine;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes a [DatabaseImage] and writes its pages into a database that was just created, in several transactions.
/// The first page comes last: until then the database reads as empty. One thread at a time.
///
/// The connections of the database must be closed before it is used: what SQLite remembers of its first page is
/// wrong afterwards.
final class ImageLoader extends OutputStream {

    /// Pages of one transaction: some entries of the log, and far from the limit of a transaction.
    private static final int PAGES_PER_TRANSACTION = 1024;

    /// The page at this position holds SQLite's locks and never any data: it can be read as zeros and not written.
    private static final long LOCK_BYTE = 0x4000_0000;

    private static final int SCHEMA_COOKIE = 40;
    private static final int WRITE_VERSION = 18;
    private static final int READ_VERSION = 19;
    private static final byte WAL = 2;

    private final Database target;
    private final ByteBuffer header = ByteBuffer.allocate(DatabaseImage.HEADER_BYTES);
    private final List<byte[]> waiting = new ArrayList<>();
    private byte[] page = new byte[0];
    private int filled;
    private byte @Nullable [] first;
    private long pages;
    /// The number of the page that the first of `waiting` has.
    private long begin = 2;

    ImageLoader(Database target) {
        this.target = target;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /// @throws IOException if this is no image that fits
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes, offset, length);
        if (header.hasRemaining()) {
            while (header.hasRemaining() && in.hasRemaining()) {
                header.put(in.get());
            }
            if (!header.hasRemaining()) {
                begin(header.flip().getInt(), header.getLong());
                header.position(header.limit());
            }
        }
        while (in.hasRemaining()) {
            if (isComplete()) {
                throw new IOException("there is more than the " + pages + " pages that were announced");
            }
            int count = Math.min(in.remaining(), page.length - filled);
            in.get(page, filled, count);
            filled += count;
            if (filled == page.length) {
                endPage();
            }
        }
    }

    /// @throws IOException if not everything came
    void finish() throws IOException {
        if (header.hasRemaining() || !isComplete()) {
            throw new IOException("it ended early, after page " + received() + " of " + pages);
        }
    }

    private void begin(int pageSize, long count) throws IOException {
        long present = target.read(connection -> DatabaseImage.number(connection, "PRAGMA page_size"));
        if (pageSize != present || count < 0) {
            throw new IOException("pages of " + pageSize + " bytes do not fit: they have " + present + " here");
        }
        page = new byte[pageSize];
        pages = count;
    }

    private boolean isComplete() {
        return received() == pages && filled == 0;
    }

    private long received() {
        return first == null ? 0 : begin - 1 + waiting.size();
    }

    private void endPage() {
        byte[] full = page;
        page = new byte[full.length];
        filled = 0;
        if (first == null) {
            first = full;
        } else {
            waiting.add(full);
        }
        boolean last = received() == pages;
        if (last || waiting.size() == PAGES_PER_TRANSACTION) {
            byte[] one = last ? first : null;
            target.write(connection -> put(connection, one));
            begin += waiting.size();
            waiting.clear();
        }
    }

    /// May run more than once.
    private boolean put(Connection connection, byte @Nullable [] one) {
        connection.dbConfig(DbConfig.DEFENSIVE, false);
        try (Statement insert = connection.prepare("INSERT INTO sqlite_dbpage (pgno, data) VALUES (?, ?)")) {
            for (int i = 0; i < waiting.size(); i++) {
                if (!isLockPage(begin + i, page.length)) {
                    put(insert, begin + i, waiting.get(i));
                }
            }
            if (one != null) {
                put(insert, 1, adapted(one, DatabaseImage.number(connection, "PRAGMA schema_version")));
            }
            return true;
        } finally {
            connection.dbConfig(DbConfig.DEFENSIVE, true);
        }
    }

    static boolean isLockPage(long number, int pageSize) {
        return number == LOCK_BYTE / pageSize + 1;
    }

    private static void put(Statement insert, long number, byte[] data) {
        insert.bindLong(1, number);
        insert.bindBlob(2, data);
        insert.step();
        insert.reset();
    }

    /// The file is in WAL mode here whatever it was, and whoever knows the empty schema must see that it is
    /// another one now.
    private static byte[] adapted(byte[] one, long emptySchema) {
        byte[] adapted = one.clone();
        adapted[WRITE_VERSION] = WAL;
        adapted[READ_VERSION] = WAL;
        ByteBuffer fields = ByteBuffer.wrap(adapted);
        fields.putInt(SCHEMA_COOKIE, Math.max(fields.getInt(SCHEMA_COOKIE), (int) emptySchema) + 1);
        return adapted;
    }
}
