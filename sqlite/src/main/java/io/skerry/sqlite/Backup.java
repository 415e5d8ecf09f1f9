package io.skerry.sqlite;

import io.skerry.sqlite.ffi.BackupCalls;
import io.skerry.sqlite.ffi.ConnectionCalls;
import java.nio.charset.StandardCharsets;

/// Copies a database page by page to another connection's, <https://www.sqlite.org/backup.html>.
///
/// Life: [#step] until it gives false, [#close]; a target whose backup is closed before that is as it
/// was. Between two steps the source is free: what its own connection changes goes into the copy, what
/// another one changes makes the copy begin anew at the next step. The target belongs to the backup
/// until that is closed, and every other use of its connection is an [IllegalStateException]. Closing
/// either connection closes the backup first.
///
/// Any thread may use it, one at a time, while no thread is inside the source; anything else is an
/// [IllegalStateException], and so is any call after [#close].
public final class Backup implements AutoCloseable {
    private final Connection source;
    private final Connection target;
    private long handle; // under the claim of the source

    private Backup(Connection source, Connection target, long handle) {
        this.source = source;
        this.target = target;
        this.handle = handle;
    }

    /// Begins to copy `main` of one connection over `main` of another.
    public static Backup begin(Connection source, Connection target) {
        return begin(source, "main", target, "main");
    }

    /// @param from the database's name at the source, such as `main`
    /// @param to the name of the one that is replaced
    /// @throws SqliteException if there is no such database, or a transaction is open at the target
    /// @throws IllegalArgumentException for one and the same connection
    public static Backup begin(Connection source, String from, Connection target, String to) {
        if (source == target) {
            throw new IllegalArgumentException("a backup needs two connections");
        }
        source.enter();
        try {
            target.enter();
            long handle = 0;
            try {
                handle = init(source, from, target, to);
            } finally {
                if (handle == 0) {
                    target.claim.exit();
                }
            }
            Backup backup = new Backup(source, target, handle);
            source.backups.add(backup);
            target.claim.leaveTo(backup);
            return backup;
        } finally {
            source.claim.exit();
        }
    }

    private static long init(Connection source, String from, Connection target, String to) {
        byte[] fromName = from.getBytes(StandardCharsets.UTF_8);
        byte[] toName = to.getBytes(StandardCharsets.UTF_8);
        long fromAt = target.scratch.reserve(fromName.length + toName.length + 2L);
        long toAt = fromAt + fromName.length + 1;
        Scratch.put(fromAt, fromName, 0, fromName.length);
        Scratch.put(toAt, toName, 0, toName.length);
        long handle = BackupCalls.init(target.handle(), toAt, source.handle(), fromAt);
        if (handle == 0) {
            throw target.error(ConnectionCalls.extendedErrcode(target.handle()), 0);
        }
        return handle;
    }

    /// Copies up to so many pages, or all that are left for a negative number. The last step commits
    /// the target.
    ///
    /// @return false if there is no more page; the target is the source then
    /// @throws SqliteException BUSY or LOCKED where somebody else holds a lock: the step may be repeated;
    ///     after any other error every further step gives the same
    public boolean step(int pages) {
        enter();
        try {
            int rc = BackupCalls.step(handle, pages);
            if (rc != 0 && rc != ResultCode.DONE.value()) {
                // Neither connection knows of it.
                throw Failure.of(rc);
            }
            return rc == 0;
        } finally {
            exit();
        }
    }

    /// Pages of the source that were still to be copied after the last step; 0 before the first.
    public int remaining() {
        return BackupCalls.remaining(idle());
    }

    /// Pages of the source at the last step; 0 before the first.
    public int pageCount() {
        return BackupCalls.pagecount(idle());
    }

    /// Gives the target free. Idempotent.
    @Override
    public void close() {
        if (handle == 0) {
            return;
        }
        source.claim.enter();
        try {
            release();
        } finally {
            source.claim.exit();
        }
    }

    /// As [#close], under the claim of the source.
    void release() {
        if (handle == 0) {
            return;
        }
        target.claim.enterFrom(this);
        long freed = handle;
        handle = 0;
        source.backups.remove(this);
        try {
            // What it gives a step has given before, or is about a copy that was not wanted to its end.
            BackupCalls.finish(freed);
        } finally {
            target.claim.exit();
        }
    }

    private void enter() {
        source.claim.enter();
        if (handle == 0) {
            source.claim.exit();
            throw closed();
        }
        target.claim.enterFrom(this);
    }

    private void exit() {
        target.claim.leaveTo(this);
        source.claim.exit();
    }

    private long idle() {
        source.claim.requireFree();
        long open = handle;
        if (open == 0) {
            throw closed();
        }
        return open;
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the backup is closed");
    }
}
