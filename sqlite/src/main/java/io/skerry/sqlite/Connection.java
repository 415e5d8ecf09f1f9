package io.skerry.sqlite;

import io.skerry.sqlite.ffi.ConnectionCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.StatementCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One connection to one database file.
///
/// Any thread may use it, one at a time: a call while another thread is inside throws
/// [IllegalStateException], and so does any call after [#close]. Only [#interrupt] may come from any thread
/// at any time. A call that runs SQL can block on disk and, with a barrier, on the network; it pins a virtual
/// thread to its carrier meanwhile.
///
/// Every method throws [SqliteException] if SQLite reports an error.
public final class Connection implements AutoCloseable {
    private static final int OPEN_NOMUTEX = 0x8000;
    private static final int DBCONFIG_LOOKASIDE = 1001;
    private static final int PREPARE_PERSISTENT = 1;
    private static final int OUT_BYTES = 16;
    /// Of a `sqlite3_snapshot`.
    private static final int SNAPSHOT_BYTES = 48;

    final Claim claim = new Claim();
    private final Path file;
    final Scratch scratch = new Scratch();
    private final Callbacks callbacks = new Callbacks();
    private final OpenFiles files = new OpenFiles(this);
    // Keeps `interrupt` and the end of `close` apart.
    private final ReentrantLock closing = new ReentrantLock();
    private volatile long db;
    final OpenStatements statements = new OpenStatements();
    /// Those that copy from here.
    final List<Backup> backups = new ArrayList<>(0);

    private Connection(Path file) {
        this.file = file;
    }

    /// Opens `file` with the platform's default VFS.
    public static Connection open(Path file, OpenMode mode) {
        return open(file, mode, null);
    }

    /// @param vfs name of a registered VFS; null for the default
    public static Connection open(Path file, OpenMode mode, @Nullable String vfs) {
        return open(file, file.toAbsolutePath().toString(), mode, vfs);
    }

    /// A private database that exists only in this connection's memory.
    public static Connection openInMemory() {
        return open(Path.of(":memory:"), ":memory:", OpenMode.CREATE, null);
    }

    /// As [#openInMemory], but files that are attached later are opened by this VFS.
    public static Connection openInMemory(String vfs) {
        return open(Path.of(":memory:"), ":memory:", OpenMode.CREATE, vfs);
    }

    private static Connection open(Path file, String name, OpenMode mode, @Nullable String vfs) {
        Sqlite.load();
        Connection connection = new Connection(file);
        connection.open(name, mode.value() | OPEN_NOMUTEX, vfs);
        return connection;
    }

    private void open(String name, int flags, @Nullable String vfs) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        byte[] vfsName = vfs == null ? new byte[0] : vfs.getBytes(StandardCharsets.UTF_8);
        long out = scratch.reserve(OUT_BYTES + path.length + vfsName.length + 2L);
        long pathAt = out + OUT_BYTES;
        long vfsAt = pathAt + path.length + 1;
        Scratch.put(pathAt, path, 0, path.length);
        Scratch.put(vfsAt, vfsName, 0, vfsName.length);
        Memory.putLong(out, 0);
        int rc = ConnectionCalls.open(pathAt, out, flags, vfs == null ? 0 : vfsAt);
        db = Memory.getLong(out);
        if (rc != 0) {
            SqliteException error = db == 0 ? Failure.of(rc) : error(rc, 0);
            ConnectionCalls.close(db);
            db = 0;
            scratch.free();
            // Without its directory: clients of a server are told what went wrong, not where files lie.
            SqliteException named = new SqliteException(
                    error.extendedCode(), "cannot open " + file.getFileName() + ": " + error.getMessage());
            named.initCause(error.getCause());
            throw named;
        }
        ConnectionCalls.extendedResultCodes(db, 1);
    }

    /// The file as it was given to `open`.
    public Path file() {
        return file;
    }

    /// Prepares the only statement of `sql`.
    ///
    /// @throws IllegalArgumentException if there is none, or another one after it
    public Statement prepare(String sql) {
        byte[] utf8 = sql.getBytes(StandardCharsets.UTF_8);
        Prepared first = prepare(utf8, 0, utf8.length, false);
        Statement statement = first.statement();
        if (statement == null) {
            throw new IllegalArgumentException("no SQL statement in: " + sql);
        }
        try {
            requireNoStatement(utf8, first.tail(), sql);
        } catch (RuntimeException e) {
            statement.close();
            throw e;
        }
        return statement;
    }

    private void requireNoStatement(byte[] utf8, int tail, String sql) {
        if (tail == utf8.length) {
            return;
        }
        Statement second = prepare(utf8, tail, utf8.length - tail, false).statement();
        if (second != null) {
            second.close();
            throw new IllegalArgumentException("more than one SQL statement in: " + sql);
        }
    }

    /// Prepares the first statement of a UTF-8 text from `offset` on. Offsets in the result and in errors
    /// count from the start of the array. Copies the text: for long scripts use [#exec] or [#script].
    ///
    /// @param persistent whether the statement will be kept and run often
    public Prepared prepare(byte[] utf8, int offset, int length, boolean persistent) {
        Objects.checkFromIndexSize(offset, length, utf8.length);
        enter();
        try {
            long out = scratch.reserve(OUT_BYTES + length + 1L);
            Scratch.put(out + OUT_BYTES, utf8, offset, length);
            return prepareNative(out, out + OUT_BYTES, length, offset, persistent);
        } finally {
            scratch.shrink();
            claim.exit();
        }
    }

    /// The statements of a text one after the other. The caller closes it, and each statement.
    public Script script(String sql) {
        return new Script(this, sql.getBytes(StandardCharsets.UTF_8));
    }

    /// Runs all statements of `sql` and discards their rows.
    public void exec(String sql) {
        try (Script script = script(sql)) {
            while (true) {
                try (Statement statement = script.next()) {
                    if (statement == null) {
                        return;
                    }
                    while (statement.step()) {
                        // Rows are not wanted.
                    }
                }
            }
        }
    }

    /// Prepares the first statement of a native text; under the claim.
    Prepared prepareScript(long text, int length, int base) {
        return prepareNative(scratch.reserve(OUT_BYTES), text, length, base, false);
    }

    /// @param out room for two pointers
    /// @param text `length` bytes and a zero; it is `base` bytes into what the caller knows
    private Prepared prepareNative(long out, long text, int length, int base, boolean persistent) {
        // A length that includes the zero spares SQLite a copy of the text.
        int rc = StatementCalls.prepare(db, text, length + 1, persistent ? PREPARE_PERSISTENT : 0, out, out + 8);
        if (rc != 0) {
            throw error(rc, base);
        }
        long handle = Memory.getLong(out);
        int consumed = Math.toIntExact(Memory.getLong(out + 8) - text);
        if (consumed < length && Memory.getByte(text + consumed) == 0) {
            StatementCalls.finalizeStatement(handle);
            throw new SqliteException(ResultCode.ERROR.value(), "the SQL text holds a zero character", base + consumed);
        }
        return new Prepared(handle == 0 ? null : statements.add(this, handle), base + Math.min(consumed, length));
    }

    /// Whether no transaction is open that a statement must end explicitly.
    public boolean autocommit() {
        return ConnectionCalls.getAutocommit(idle()) != 0;
    }

    /// Rows that the last INSERT, UPDATE or DELETE changed, without those of triggers; other statements leave
    /// it.
    public long changes() {
        return ConnectionCalls.changes(idle());
    }

    /// Rows changed since the connection was opened, those of triggers and foreign key actions included.
    public long totalChanges() {
        return ConnectionCalls.totalChanges(idle());
    }

    /// Of the last insert into a rowid table. A failed insert of several rows moves it too.
    public long lastInsertRowid() {
        return ConnectionCalls.lastInsertRowid(idle());
    }

    public void setLastInsertRowid(long rowid) {
        ConnectionCalls.setLastInsertRowid(idle(), rowid);
    }

    /// Makes the statement that runs now end with SQLITE_INTERRUPT. From any thread, at any time; nothing
    /// happens if the connection is idle or closed.
    public void interrupt() {
        closing.lock();
        try {
            if (db != 0) {
                ConnectionCalls.interrupt(db);
            }
        } finally {
            closing.unlock();
        }
    }

    /// Sets a limit; a negative value only asks.
    ///
    /// @return the limit before
    public int limit(Limit limit, int value) {
        return ConnectionCalls.limit(idle(), limit.value(), value);
    }

    /// Turns a switch on or off.
    public void dbConfig(DbConfig op, boolean on) {
        enter();
        try {
            check(ConnectionCalls.dbConfig(db, op.value(), on ? 1 : 0, 0));
        } finally {
            claim.exit();
        }
    }

    /// Sets the memory that is set aside for small objects; `(0, 0)` for none. Only before the first
    /// statement.
    public void lookaside(int slotBytes, int slots) {
        enter();
        try {
            check(ConnectionCalls.dbConfigLookaside(db, DBCONFIG_LOOKASIDE, 0, slotBytes, slots));
        } finally {
            claim.exit();
        }
    }

    /// The current value of a counter.
    public int dbStatus(DbStatus op) {
        enter();
        try {
            long out = scratch.reserve(OUT_BYTES);
            check(ConnectionCalls.dbStatus(db, op.value(), out, out + 4, 0));
            return Memory.getInt(out);
        } finally {
            claim.exit();
        }
    }

    /// Sets who decides about statements; null for nobody. Prepared statements are prepared again.
    public void authorizer(@Nullable Authorizer authorizer) {
        enter();
        try {
            callbacks.authorizer = authorizer;
            callbacks.register();
            check(ConnectionCalls.setAuthorizer(db, authorizer == null ? 0 : Callbacks.AUTHORIZE, callbacks.id));
        } finally {
            claim.exit();
        }
    }

    /// Sets who is asked about every `steps` instructions of a statement whether it may go on; null for
    /// nobody.
    public void progressHandler(int steps, @Nullable ProgressHandler handler) {
        enter();
        try {
            callbacks.progressHandler = handler;
            callbacks.register();
            ConnectionCalls.progressHandler(db, steps, handler == null ? 0 : Callbacks.PROGRESS, callbacks.id);
        } finally {
            claim.exit();
        }
    }

    /// Copies frames of the WAL into the database file. A reader in the way is no error, see [Checkpoint].
    ///
    /// @param schema the name of one database; null for all attached ones
    public Checkpoint checkpoint(@Nullable String schema, CheckpointMode mode) {
        enter();
        try {
            byte[] name = schema == null ? new byte[0] : schema.getBytes(StandardCharsets.UTF_8);
            long out = scratch.reserve(OUT_BYTES + name.length + 1L);
            Scratch.put(out + OUT_BYTES, name, 0, name.length);
            long nameAt = schema == null ? 0 : out + OUT_BYTES;
            int rc = ConnectionCalls.checkpoint(db, nameAt, mode.value(), out, out + 4);
            boolean busy = ResultCode.of(rc) == ResultCode.BUSY;
            if (!busy) {
                check(rc);
            }
            return new Checkpoint(busy, Memory.getInt(out), Memory.getInt(out + 4));
        } finally {
            claim.exit();
        }
    }

    /// What the open transaction sees of a database in WAL mode: equal bytes for equal states of one WAL. Takes the
    /// snapshot if the transaction has none yet.
    ///
    /// @param schema `main` or the name of an attached database
    /// @return null if the WAL has no frames
    /// @throws SqliteException outside a transaction it fails likewise as where there is no WAL
    public byte @Nullable [] snapshot(String schema) {
        enter();
        try {
            byte[] name = schema.getBytes(StandardCharsets.UTF_8);
            long out = scratch.reserve(OUT_BYTES + name.length + 1L);
            Scratch.put(out + OUT_BYTES, name, 0, name.length);
            Memory.putLong(out, 0);
            int rc = ConnectionCalls.snapshotGet(db, out + OUT_BYTES, out);
            if (rc == ResultCode.ERROR.value() && ConnectionCalls.getAutocommit(db) == 0) {
                return null;
            }
            check(rc);
            byte[] state = new byte[SNAPSHOT_BYTES];
            long taken = Memory.getLong(out);
            Memory.copy(taken, state, 0, state.length);
            ConnectionCalls.snapshotFree(taken);
            return state;
        } finally {
            claim.exit();
        }
    }

    /// The files that SQLite has open here.
    public OpenFiles files() {
        return files;
    }

    /// Closes backups from and to here, finalizes all statements and closes. Idempotent. A statement
    /// that was half way through an autocommit write commits here; if that is refused, the connection
    /// is closed nevertheless and the error thrown.
    @Override
    public void close() {
        if (db == 0) {
            return;
        }
        Backup keeper = claim.keeper();
        if (keeper != null) {
            keeper.close();
        }
        claim.enter();
        try {
            if (db != 0) {
                closeClaimed();
            }
        } finally {
            claim.exit();
        }
    }

    private void closeClaimed() {
        List.copyOf(backups).forEach(Backup::release);
        SqliteException failure = statements.closeAll();
        long closed = db;
        closing.lock();
        try {
            db = 0;
        } finally {
            closing.unlock();
        }
        int rc = ConnectionCalls.close(closed);
        callbacks.remove();
        scratch.free();
        if (rc != 0) {
            throw new IllegalStateException("SQLite kept a connection to " + file + " open: " + ResultCode.nameOf(rc));
        }
        if (failure != null) {
            throw failure;
        }
    }

    public boolean isOpen() {
        return db != 0;
    }

    /// Claims the connection for this thread; `claim.exit()` ends that.
    void enter() {
        claim.enter();
        if (db == 0) {
            claim.exit();
            throw closed();
        }
    }

    /// SQLite's connection; under the claim.
    long handle() {
        return db;
    }

    private long idle() {
        claim.requireFree();
        long open = db;
        if (open == 0) {
            throw closed();
        }
        return open;
    }

    private IllegalStateException closed() {
        return new IllegalStateException("the connection to " + file + " is closed");
    }

    void check(int rc) {
        if (rc != 0) {
            throw error(rc, 0);
        }
    }

    /// What SQLite says about the call that just gave `rc`; under the claim.
    ///
    /// @param base added to the offset of the error
    SqliteException error(int rc, int base) {
        return Failure.of(db, rc, base);
    }
}
