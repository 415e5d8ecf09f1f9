package io.skerry.sqlite.vfs;

import io.skerry.sqlite.ffi.FileCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.NativeFile;
import io.skerry.sqlite.ffi.UpcallFailure;
import io.skerry.sqlite.ffi.Upcalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The files that SQLite makes for sorting, recursion and undoing statements, and that nobody else sees. All of them
/// together have a limit: a write beyond it fails with SQLITE_FULL, which ends its statement. A file counts with the
/// largest size that it had. Their number has one too: one more is not opened, likewise.
///
/// Thread-safe; one file is used by one thread at a time.
final class TemporaryFiles {
    /// SQLITE_OPEN_TEMP_DB, TRANSIENT_DB, TEMP_JOURNAL, SUBJOURNAL.
    static final int OPEN_FLAGS = 0x200 | 0x400 | 0x1000 | 0x2000;

    static final int FULL = 13;
    private static final int IOERR = 10;

    private final Map<Long, AtomicLong> sizes = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger files = new AtomicInteger();
    private volatile long bytesMax = Long.MAX_VALUE;
    private volatile int filesMax = Integer.MAX_VALUE;
    private volatile @Nullable Methods methods;

    void limit(long bytes, int number) {
        bytesMax = bytes;
        filesMax = number;
    }

    long bytes() {
        return bytes.get();
    }

    /// Room for one more, which is given back where it is not opened, or closed.
    ///
    /// @return false if there is none
    boolean takeRoom() {
        if (files.incrementAndGet() <= filesMax) {
            return true;
        }
        giveRoom();
        return false;
    }

    void giveRoom() {
        files.decrementAndGet();
    }

    /// Takes over a file that was opened just now.
    void opened(long file) {
        Methods ours = methodsFor(Memory.getLong(file));
        sizes.put(file, new AtomicLong());
        Memory.putLong(file, ours.table);
    }

    private synchronized Methods methodsFor(long original) {
        Methods known = methods;
        if (known == null) {
            known = new Methods(original);
            methods = known;
        }
        if (known.original != original) {
            throw new IllegalStateException("SQLite opened temporary files with two different sets of methods");
        }
        return known;
    }

    private Methods known() {
        Methods known = methods;
        if (known == null) {
            throw new IllegalStateException("a temporary file that was never opened");
        }
        return known;
    }

    /// xWrite.
    int write(long file, long buffer, int length, long offset) {
        try {
            return grows(file, offset + length) ? FileCalls.write(known().write, file, buffer, length, offset) : FULL;
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return IOERR;
        }
    }

    private boolean grows(long file, long end) {
        AtomicLong size = sizes.get(file);
        if (size == null) {
            throw new IllegalStateException("an unknown temporary file is written");
        }
        long more = end - size.get();
        if (more <= 0) {
            return true;
        }
        if (bytes.addAndGet(more) > bytesMax) {
            bytes.addAndGet(-more);
            return false;
        }
        size.set(end);
        return true;
    }

    /// xClose.
    int close(long file) {
        try {
            AtomicLong size = sizes.remove(file);
            if (size != null) {
                bytes.addAndGet(-size.get());
                giveRoom();
            }
            return FileCalls.close(known().close, file);
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return IOERR;
        }
    }

    /// The methods of the base, except for those that change how much there is.
    private final class Methods {
        final long original;
        final long table;
        final MemorySegment write;
        final MemorySegment close;

        Methods(long original) {
            this.original = original;
            write = MemorySegment.ofAddress(Memory.getLong(original + NativeFile.WRITE));
            close = MemorySegment.ofAddress(Memory.getLong(original + NativeFile.CLOSE));
            table = Arena.global()
                    .allocate(NativeFile.METHODS_BYTES, Long.BYTES)
                    .address();
            NativeFile.copyMethods(original, table);
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            Memory.putLong(table + NativeFile.WRITE, Upcalls.stub(lookup, TemporaryFiles.this, "write", "(JJIJ)I"));
            Memory.putLong(table + NativeFile.CLOSE, Upcalls.stub(lookup, TemporaryFiles.this, "close", "(J)I"));
        }
    }
}
