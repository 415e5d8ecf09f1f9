package io.skerry.engine.file;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The first bytes of a database file, <https://www.sqlite.org/fileformat2.html#the_database_header>.
///
/// @param pageSize in bytes
/// @param journalled 1 for a rollback journal, 2 for a WAL
/// @param rootPageMax more than 0 if the file vacuums itself
/// @param encoding 1 for UTF-8; 0 in a file that never held anything
record FileHeader(boolean isDatabase, int pageSize, int journalled, int rootPageMax, int encoding) {

    static final int BYTES = 100;
    /// Where the two bytes are that say whether there is a WAL.
    static final int JOURNALLED = 18;
    static final byte ROLLBACK_JOURNAL = 1;

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
    private static final int PAGE_SIZE = 16;
    private static final int ROOT_PAGE_MAX = 52;
    private static final int ENCODING = 56;
    private static final int UTF_8 = 1;
    private static final int WAL = 2;

    /// @param bytes the first [#BYTES] of the file
    static FileHeader parse(byte[] bytes) {
        ByteBuffer fields = ByteBuffer.wrap(bytes);
        int pageSize = Short.toUnsignedInt(fields.getShort(PAGE_SIZE));
        return new FileHeader(
                fields.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC)),
                pageSize == 1 ? 1 << 16 : pageSize,
                fields.get(JOURNALLED),
                fields.getInt(ROOT_PAGE_MAX),
                fields.getInt(ENCODING));
    }

    /// What keeps the file from being served, and what its owner can do; empty if nothing does.
    ///
    /// @param pageSizeWanted of all databases here
    Optional<String> fault(int pageSizeWanted) {
        if (!isDatabase) {
            return Optional.of("the file is no SQLite database, or is encrypted");
        }
        if (pageSize != pageSizeWanted) {
            return Optional.of("its pages have " + pageSize + " bytes and must have " + pageSizeWanted
                    + ": PRAGMA journal_mode=DELETE; PRAGMA page_size=" + pageSizeWanted + "; VACUUM");
        }
        if (journalled < ROLLBACK_JOURNAL || journalled > WAL) {
            return Optional.of("it is of a version of SQLite that is not known here");
        }
        if (rootPageMax != 0) {
            return Optional.of("auto_vacuum is on: PRAGMA auto_vacuum=NONE; VACUUM");
        }
        // SQLite looks at the two lowest bits alone.
        if (encoding != 0 && encoding != UTF_8) {
            return Optional.of("its texts are UTF-16 and must be UTF-8: make a new file of its .dump");
        }
        return Optional.empty();
    }
}
