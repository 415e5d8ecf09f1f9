package io.skerry.sqlite;

import io.skerry.sqlite.ffi.ColumnCalls;
import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.OriginCalls;
import io.skerry.sqlite.ffi.ParameterCalls;
import io.skerry.sqlite.ffi.StatementCalls;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A prepared statement of a [Connection], under the connection's rules for threads.
///
/// Life: bind, [#step] until it gives false, [#reset], again from the start; [#close] at the end or when the
/// connection closes. Columns may be read between a `step` that gave true and the next call of `step`,
/// `reset` or `close`, by the thread that stepped. Parameters count from 1, columns from 0, as in SQLite.
public final class Statement implements AutoCloseable {
    private static final long TRANSIENT = -1;
    // Above this a value is copied outside the heap first: a critical call holds up the garbage collector.
    private static final int HEAP_BIND_BYTES = 256 * 1024;
    private static final byte[] EMPTY = new byte[0];

    // Links of the connection's list of open statements.
    @Nullable
    Statement previous;

    @Nullable
    Statement next;

    private final Connection connection;
    private long handle;
    /// The thread that may read columns; null if there is no row.
    private @Nullable Thread rowThread;
    /// Whether the error that `reset` and `close` would repeat was thrown already.
    private boolean errorThrown;

    Statement(Connection connection, long handle) {
        this.connection = connection;
        this.handle = handle;
    }

    /// Runs to the next row.
    ///
    /// @return false if there is no more row; the statement has then done all its work
    public boolean step() {
        enter();
        try {
            rowThread = null;
            int rc = StatementCalls.step(handle);
            if (rc == ResultCode.ROW.value()) {
                rowThread = Thread.currentThread();
                return true;
            }
            if (rc != ResultCode.DONE.value()) {
                errorThrown = true;
                throw connection.error(rc, 0);
            }
            return false;
        } finally {
            connection.claim.exit();
        }
    }

    /// Makes the statement ready to run again; bindings stay. If it was half way through an autocommit write
    /// (as a RETURNING whose rows were not all read), this commits, and throws if that is refused.
    public void reset() {
        enter();
        try {
            rowThread = null;
            int rc = StatementCalls.reset(handle);
            boolean known = errorThrown;
            errorThrown = false;
            if (rc != 0 && !known) {
                throw connection.error(rc, 0);
            }
        } finally {
            connection.claim.exit();
        }
    }

    /// Frees the statement. Idempotent. Commits and throws as [#reset] does; it is freed nevertheless.
    @Override
    public void close() {
        if (handle == 0) {
            return;
        }
        connection.claim.enter();
        SqliteException failure;
        try {
            failure = release();
        } finally {
            connection.claim.exit();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// Frees the statement under the claim.
    ///
    /// @return the error of its end, if that is news
    @Nullable
    SqliteException release() {
        if (handle == 0) {
            return null;
        }
        connection.statements.remove(this);
        long freed = handle;
        handle = 0;
        rowThread = null;
        int rc = StatementCalls.finalizeStatement(freed);
        return rc == 0 || errorThrown ? null : connection.error(rc, 0);
    }

    public void bindNull(int parameter) {
        bound(ParameterCalls.bindNull(idle(), parameter));
    }

    public void bindLong(int parameter, long value) {
        bound(ParameterCalls.bindLong(idle(), parameter, value));
    }

    public void bindDouble(int parameter, double value) {
        bound(ParameterCalls.bindDouble(idle(), parameter, value));
    }

    public void bindText(int parameter, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        bindTextUtf8(parameter, utf8, 0, utf8.length);
    }

    /// Binds a copy of `length` bytes, which must be valid UTF-8; zero bytes in it count as characters.
    public void bindTextUtf8(int parameter, byte[] value, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, value.length);
        long open = idle();
        if (length <= HEAP_BIND_BYTES) {
            bound(ParameterCalls.bindText(open, parameter, segment(value, offset, length), length, TRANSIENT));
            return;
        }
        long copy = copyOutside(value, offset, length);
        try {
            bound(ParameterCalls.bindText(open, parameter, copy, length, TRANSIENT));
        } finally {
            LibraryCalls.free(copy);
        }
    }

    public void bindBlob(int parameter, byte[] value) {
        bindBlob(parameter, value, 0, value.length);
    }

    /// Binds a copy of `length` bytes.
    public void bindBlob(int parameter, byte[] value, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, value.length);
        long open = idle();
        if (length == 0) {
            // A null pointer would bind NULL, and the address of an empty array may be one.
            bound(ParameterCalls.bindZeroBlob(open, parameter, 0));
        } else if (length <= HEAP_BIND_BYTES) {
            bound(ParameterCalls.bindBlob(open, parameter, segment(value, offset, length), length, TRANSIENT));
        } else {
            long copy = copyOutside(value, offset, length);
            try {
                bound(ParameterCalls.bindBlob(open, parameter, copy, length, TRANSIENT));
            } finally {
                LibraryCalls.free(copy);
            }
        }
    }

    /// Sets all parameters to NULL.
    public void clearBindings() {
        bound(ParameterCalls.clear(idle()));
    }

    private static MemorySegment segment(byte[] value, int offset, int length) {
        // An empty text needs an address that is not null: any array gives one.
        return length == 0
                ? MemorySegment.ofArray(NON_EMPTY)
                : MemorySegment.ofArray(value).asSlice(offset, length);
    }

    private static final byte[] NON_EMPTY = new byte[1];

    private static long copyOutside(byte[] value, int offset, int length) {
        long copy = LibraryCalls.malloc(length);
        if (copy == 0) {
            throw new SqliteException(ResultCode.NOMEM.value(), "no native memory for a value of " + length + " bytes");
        }
        Memory.copy(value, offset, length, copy);
        return copy;
    }

    private void bound(int rc) {
        if (rc != 0) {
            throw connection.error(rc, 0);
        }
    }

    /// The largest parameter index.
    public int parameterCount() {
        return ParameterCalls.count(idle());
    }

    /// The name with its `:`, `@`, `$` or `?`; null for a plain `?` or an index that is not used.
    public @Nullable String parameterName(int parameter) {
        return Memory.string(ParameterCalls.name(idle(), parameter));
    }

    /// Columns of the result; 0 for a statement that gives no rows. May change at the first `step` after the
    /// schema did.
    public int columnCount() {
        return ColumnCalls.count(idle());
    }

    public String columnName(int column) {
        String name = Memory.string(ColumnCalls.name(idle(), column));
        if (name == null) {
            throw new IndexOutOfBoundsException("no column " + column + " in " + sql());
        }
        return name;
    }

    /// The declared type of the table's column that this is; null for an expression or a column without one.
    public @Nullable String columnDecltype(int column) {
        return Memory.string(ColumnCalls.decltype(idle(), column));
    }

    /// The database of the table that this is a column of, such as `main`; null for an expression.
    public @Nullable String columnDatabaseName(int column) {
        return Memory.string(OriginCalls.databaseName(idle(), column));
    }

    /// The table that this is a column of, through views and subqueries, by its own name; null for an
    /// expression.
    public @Nullable String columnTableName(int column) {
        return Memory.string(OriginCalls.tableName(idle(), column));
    }

    /// What its table calls the column; null for an expression.
    public @Nullable String columnOriginName(int column) {
        return Memory.string(OriginCalls.originName(idle(), column));
    }

    /// The type of the value in the current row; ask before any other accessor, which may convert it.
    public ValueType columnType(int column) {
        return ValueType.of(ColumnCalls.type(row(), column));
    }

    public long columnLong(int column) {
        return ColumnCalls.getLong(row(), column);
    }

    public double columnDouble(int column) {
        return ColumnCalls.getDouble(row(), column);
    }

    /// Null if the value is NULL; numbers as SQLite writes them.
    public @Nullable String columnText(int column) {
        byte[] utf8 = columnBlob(column);
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    /// The bytes of a blob, or of a text as UTF-8. Null if the value is NULL.
    public byte @Nullable [] columnBlob(int column) {
        long open = row();
        int length = ColumnCalls.bytes(open, column);
        if (length == 0) {
            return ColumnCalls.type(open, column) == ValueType.NULL.ordinal() + 1 ? null : EMPTY;
        }
        byte[] value = new byte[length];
        Memory.copy(content(open, column), value, 0, length);
        return value;
    }

    /// Bytes of a blob, or of a text as UTF-8; 0 if the value is NULL.
    public int byteLength(int column) {
        return ColumnCalls.bytes(row(), column);
    }

    /// Copies the [#byteLength] bytes of a blob or a text to `target` from `offset` on.
    ///
    /// @return how many
    /// @throws IndexOutOfBoundsException if they do not fit
    public int copyTo(int column, byte[] target, int offset) {
        long open = row();
        // Length before content: asked in this order, a UTF-16 text is converted once and both are of the
        // UTF-8.
        int length = ColumnCalls.bytes(open, column);
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length > 0) {
            Memory.copy(content(open, column), target, offset, length);
        }
        return length;
    }

    private static long content(long open, int column) {
        long content = ColumnCalls.blob(open, column);
        if (content == 0) {
            throw new SqliteException(ResultCode.NOMEM.value(), "no native memory for the value of column " + column);
        }
        return content;
    }

    /// Whether it leaves the database file unchanged. BEGIN and the like count as such.
    public boolean readonly() {
        return StatementCalls.readonly(idle()) != 0;
    }

    /// Whether it is EXPLAIN or EXPLAIN QUERY PLAN.
    public boolean isExplain() {
        return StatementCalls.isExplain(idle()) != 0;
    }

    /// The statement's own text.
    public String sql() {
        return String.valueOf(Memory.string(StatementCalls.sql(idle())));
    }

    /// @param reset whether the counter starts again at 0
    public int stmtStatus(StatementStatus op, boolean reset) {
        return StatementCalls.status(idle(), op.value(), reset ? 1 : 0);
    }

    private void enter() {
        connection.claim.enter();
        if (handle == 0) {
            connection.claim.exit();
            throw closed();
        }
    }

    private long idle() {
        connection.claim.requireFree();
        long open = handle;
        if (open == 0) {
            throw closed();
        }
        return open;
    }

    private long row() {
        if (rowThread != Thread.currentThread()) {
            throw handle == 0 ? closed() : new IllegalStateException("this thread has no row of this statement");
        }
        return handle;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the statement is closed");
    }
}
