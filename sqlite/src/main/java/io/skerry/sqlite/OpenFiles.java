package io.skerry.sqlite;

import io.skerry.sqlite.ffi.ConnectionCalls;
import io.skerry.sqlite.ffi.FileCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.NativeFile;

/// The files that SQLite has open for the main database of a connection, through SQLite's own handles: closing any
/// other descriptor of the database file would drop this process's locks on it. Used under the rules of the
/// connection, and throws what that throws.
public final class OpenFiles {
    private static final int FCNTL_FILE_POINTER = 7;
    private static final int FCNTL_JOURNAL_POINTER = 28;
    private static final int OUT_BYTES = 8;

    private final Connection connection;

    OpenFiles(Connection connection) {
        this.connection = connection;
    }

    /// Address of SQLite's own handle of the WAL, or of the rollback journal; 0 if it is not open.
    public long walAddress() {
        connection.enter();
        try {
            return opened(FCNTL_JOURNAL_POINTER);
        } finally {
            connection.claim.exit();
        }
    }

    /// Reads bytes of the main database file as they are on disk. Bytes beyond the end are zero.
    public void read(long position, byte[] target, int offset, int length) {
        connection.enter();
        try {
            connection.check(NativeFile.read(main(), position, target, offset, length));
        } finally {
            connection.claim.exit();
        }
    }

    /// Bytes of the main database file on disk, without what is only in the WAL.
    public long size() {
        connection.enter();
        try {
            long opened = main();
            long out = connection.scratch.reserve(OUT_BYTES);
            connection.check(FileCalls.size(NativeFile.method(opened, NativeFile.SIZE), opened, out));
            return Memory.getLong(out);
        } finally {
            connection.claim.exit();
        }
    }

    private long main() {
        long opened = opened(FCNTL_FILE_POINTER);
        if (opened == 0) {
            throw new IllegalStateException(connection.file() + " is not a file");
        }
        return opened;
    }

    /// @return 0 if it is not open
    private long opened(int op) {
        long out = connection.scratch.reserve(OUT_BYTES);
        Memory.putLong(out, 0);
        connection.check(ConnectionCalls.fileControl(connection.handle(), 0, op, out));
        long address = Memory.getLong(out);
        return address != 0 && Memory.getLong(address) != 0 ? address : 0;
    }
}
