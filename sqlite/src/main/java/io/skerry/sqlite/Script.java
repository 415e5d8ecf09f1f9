package io.skerry.sqlite;

import io.skerry.sqlite.ffi.LibraryCalls;
import org.jspecify.annotations.Nullable;

/// The statements of a text in order, prepared one by one: each after the one before it ran, since it may
/// depend on it. The text is copied once. Used like its connection; closing it does not close the statements.
public final class Script implements AutoCloseable {
    private final Connection connection;
    private final int length;
    private long text;
    private int offset;

    Script(Connection connection, byte[] utf8) {
        this.connection = connection;
        this.length = utf8.length;
        this.text = LibraryCalls.malloc(length + 1L);
        if (text == 0) {
            throw new SqliteException(ResultCode.NOMEM.value(), "no native memory for " + length + " bytes of SQL");
        }
        Scratch.put(text, utf8, 0, length);
    }

    /// The next statement, which the caller closes; null at the end.
    public @Nullable Statement next() {
        connection.enter();
        try {
            if (text == 0) {
                throw new IllegalStateException("the script is closed");
            }
            while (offset < length) {
                Prepared prepared = connection.prepareScript(text + offset, length - offset, offset);
                offset = prepared.tail();
                if (prepared.statement() != null) {
                    return prepared.statement();
                }
            }
            return null;
        } finally {
            connection.claim.exit();
        }
    }

    @Override
    public void close() {
        connection.claim.enter();
        try {
            LibraryCalls.free(text);
            text = 0;
        } finally {
            connection.claim.exit();
        }
    }
}
