package io.skerry.sqlite.vfs;

import io.skerry.sqlite.Sqlite;
import io.skerry.sqlite.ffi.FileCalls;
import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.NativeFile;
import io.skerry.sqlite.ffi.UpcallFailure;
import io.skerry.sqlite.ffi.Upcalls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The VFS `skerry`: SQLite's `unix-excl`, whose files are those of this process alone and whose wal-index is
/// heap memory, except that writes and the sync of a WAL are asked of a [WalBarrier], and that
/// temporary files have a limit.
///
/// A connection opened with the name [#NAME] can use a WAL only while a barrier is attached for its database:
/// there is no way through this VFS without one. All connections of a database share its barrier. It may be
/// attached before the file exists.
///
/// A database that is opened for reading alone is so for SQLite only. The base would give such a file locks of its own
/// kind, beside the one that all others of this process share, and a wal-index in a file.
///
/// Thread-safe. There is one for the process, and it is never unregistered: SQLite may keep pointers into it.
public final class BarrierVfs {
    public static final String NAME = "skerry";

    private static final String BASE = "unix-excl";
    private static final int OPEN_READONLY = 0x1;
    private static final int OPEN_READWRITE = 0x2;
    private static final int OPEN_MAIN_DB = 0x100;
    private static final int OPEN_WAL = 0x80000;
    private static final int CANTOPEN = 14;
    private static final int IOERR = 10;
    private static final int BUSY = 5;

    // sqlite3_vfs version 3 on 64-bit platforms.
    private static final int VFS_BYTES = 168;
    private static final int VFS_NEXT = 16;
    private static final int VFS_NAME = 24;
    private static final int VFS_OPEN = 40;

    private static final BarrierVfs INSTANCE = new BarrierVfs();

    private final Map<Path, WalBarrier> barriers = new ConcurrentHashMap<>();
    private final TemporaryFiles temporaryFiles = new TemporaryFiles();
    private final Map<Long, WalFile> openWals = new ConcurrentHashMap<>();
    private final long base;
    private final MemorySegment baseOpen;
    private volatile @Nullable WalMethods methods;

    private BarrierVfs() {
        Sqlite.load();
        Arena forever = Arena.global();
        base = LibraryCalls.vfsFind(forever.allocateFrom(BASE).address());
        if (base == 0) {
            throw new UnsatisfiedLinkError("this SQLite has no VFS " + BASE);
        }
        baseOpen = MemorySegment.ofAddress(Memory.getLong(base + VFS_OPEN));
        long vfs = forever.allocate(VFS_BYTES, Long.BYTES).address();
        Memory.copy(base, vfs, VFS_BYTES);
        Memory.putLong(vfs + VFS_NEXT, 0);
        Memory.putLong(vfs + VFS_NAME, forever.allocateFrom(NAME).address());
        Memory.putLong(vfs + VFS_OPEN, Upcalls.stub(MethodHandles.lookup(), this, "open", "(JJJIJ)I"));
        int rc = LibraryCalls.vfsRegister(vfs, 0);
        if (rc != 0) {
            throw new IllegalStateException("SQLite refused the VFS " + NAME + ": code " + rc);
        }
    }

    /// Registers the VFS with SQLite if that was not done yet.
    public static void register() {
        // Loading the class did it.
    }

    /// From now on the WAL of `database` passes `barrier`.
    ///
    /// @throws IllegalStateException if another one is attached
    public static void attach(Path database, WalBarrier barrier) {
        Path real = realPath(database);
        if (INSTANCE.barriers.putIfAbsent(real, barrier) != null) {
            throw new IllegalStateException("a barrier is attached to " + real + " already");
        }
    }

    /// WALs opened from now on need another barrier; those that are open keep theirs. Nothing happens if
    /// there is none.
    public static void detach(Path database) {
        INSTANCE.barriers.remove(realPath(database));
    }

    /// From now on, all temporary files of this process together have no more than `bytes`, and there are no more than
    /// `files` of them: a statement that needs more fails with SQLITE_FULL.
    public static void limitTemporaryFiles(long bytes, int files) {
        INSTANCE.temporaryFiles.limit(bytes, files);
    }

    /// Bytes that the temporary files of this process have now.
    public static long temporaryBytes() {
        return INSTANCE.temporaryFiles.bytes();
    }

    /// WALs open through this VFS in this process.
    public static int openWals() {
        return INSTANCE.openWals.size();
    }

    /// The path under which SQLite opens the file: it follows symbolic links too.
    private static Path realPath(Path database) {
        try {
            Path absolute = database.toAbsolutePath();
            if (Files.exists(absolute)) {
                return absolute.toRealPath();
            }
            Path directory = absolute.getParent();
            return directory == null
                    ? absolute
                    : directory.toRealPath().resolve(String.valueOf(absolute.getFileName()));
        } catch (NoSuchFileException e) {
            // Nothing can be open there; a path that appears later in another spelling finds no barrier.
            return database.toAbsolutePath().normalize();
        } catch (IOException e) {
            throw new UncheckedIOException("the directory of the database " + database + " cannot be read", e);
        }
    }

    /// xOpen.
    int open(long vfs, long name, long file, int flags, long outFlags) {
        try {
            if ((flags & OPEN_WAL) != 0) {
                return openWal(name, file, flags, outFlags);
            }
            if ((flags & OPEN_MAIN_DB) != 0 && (flags & OPEN_READONLY) != 0) {
                return openToRead(name, file, flags, outFlags);
            }
            if ((flags & TemporaryFiles.OPEN_FLAGS) != 0) {
                return openTemporary(name, file, flags, outFlags);
            }
            // The base's own pointer: it compares names to know that it is `unix-excl`.
            return FileCalls.open(baseOpen, base, name, file, flags, outFlags);
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return CANTOPEN;
        }
    }

    private int openTemporary(long name, long file, int flags, long outFlags) {
        Memory.putLong(file, 0);
        if (!temporaryFiles.takeRoom()) {
            return TemporaryFiles.FULL;
        }
        int rc = FileCalls.open(baseOpen, base, name, file, flags, outFlags);
        if (rc == 0) {
            temporaryFiles.opened(file);
        } else {
            temporaryFiles.giveRoom();
        }
        return rc;
    }

    private int openToRead(long name, long file, int flags, long outFlags) {
        int rc = FileCalls.open(baseOpen, base, name, file, flags & ~OPEN_READONLY | OPEN_READWRITE, outFlags);
        if (rc == 0 && outFlags != 0) {
            Memory.putInt(outFlags, Memory.getInt(outFlags) & ~OPEN_READWRITE | OPEN_READONLY);
        }
        return rc;
    }

    private int openWal(long name, long file, int flags, long outFlags) {
        Memory.putLong(file, 0);
        String path = String.valueOf(Memory.string(name));
        Path database = Path.of(path.substring(0, path.length() - "-wal".length()));
        WalBarrier barrier = barriers.get(database);
        if (barrier == null) {
            throw new IllegalStateException("no barrier is attached to " + database);
        }
        int rc = FileCalls.open(baseOpen, base, name, file, flags, outFlags);
        if (rc != 0) {
            return rc;
        }
        try {
            WalMethods ours = methodsFor(Memory.getLong(file));
            openWals.put(file, new WalFile(database, file, ours.originalSync, ours.originalWrite, barrier));
            Memory.putLong(file, ours.table);
            return 0;
        } catch (Throwable e) {
            openWals.remove(file);
            FileCalls.close(NativeFile.method(file, NativeFile.CLOSE), file);
            Memory.putLong(file, 0);
            throw e;
        }
    }

    /// Our table, made of the first one seen. A file with another table would need another copy: refused.
    private synchronized WalMethods methodsFor(long original) {
        WalMethods known = methods;
        if (known == null) {
            known = new WalMethods(original);
            methods = known;
        }
        if (known.original != original) {
            throw new IllegalStateException("SQLite opened WALs with two different sets of methods");
        }
        return known;
    }

    /// xSync of a WAL.
    int sync(long file, int flags) {
        try {
            WalFile wal = openWals.get(file);
            if (wal == null) {
                throw new IllegalStateException("an unknown WAL is synced");
            }
            return refusable(wal.runBarrier());
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return IOERR;
        }
    }

    /// xWrite of a WAL.
    int write(long file, long buffer, int length, long offset) {
        try {
            WalFile wal = openWals.get(file);
            if (wal == null) {
                throw new IllegalStateException("an unknown WAL is written");
            }
            return refusable(wal.write(buffer, length, offset));
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return IOERR;
        }
    }

    private static int refusable(int rc) {
        return (rc & 0xff) == BUSY ? IOERR : rc;
    }

    /// xClose of a WAL.
    int close(long file) {
        try {
            openWals.remove(file);
            WalMethods known = methods;
            return known == null ? IOERR : FileCalls.close(known.originalClose, file);
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return IOERR;
        }
    }

    /// The methods of a WAL: those of the base except for write, sync and, to know when it goes, close.
    private final class WalMethods {
        final long original;
        final long table;
        final MemorySegment originalSync;
        final MemorySegment originalWrite;
        final MemorySegment originalClose;

        WalMethods(long original) {
            this.original = original;
            originalSync = MemorySegment.ofAddress(Memory.getLong(original + NativeFile.SYNC));
            originalWrite = MemorySegment.ofAddress(Memory.getLong(original + NativeFile.WRITE));
            originalClose = MemorySegment.ofAddress(Memory.getLong(original + NativeFile.CLOSE));
            table = Arena.global()
                    .allocate(NativeFile.METHODS_BYTES, Long.BYTES)
                    .address();
            NativeFile.copyMethods(original, table);
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Memory.putLong(table + NativeFile.SYNC, Upcalls.stub(lookup, BarrierVfs.this, "sync", "(JI)I"));
            Memory.putLong(table + NativeFile.WRITE, Upcalls.stub(lookup, BarrierVfs.this, "write", "(JJIJ)I"));
            Memory.putLong(table + NativeFile.CLOSE, Upcalls.stub(lookup, BarrierVfs.this, "close", "(J)I"));
        }
    }
}
