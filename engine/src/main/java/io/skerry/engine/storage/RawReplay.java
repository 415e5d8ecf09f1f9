package io.skerry.engine.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.PageImage;
import io.skerry.engine.entry.TransactionAssembly;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Writes entries into the file of a database that SQLite does not have open. Never while it has: closing our
/// descriptor would drop the locks of the process.
///
/// The file may be a torn mixture of the states from `replayFrom` to `consistentAt`. Ranges are absolute, so
/// a byte that changed within that span comes out right by the last entry that sets it, and one that did not
/// was right before; but a page in between may match no state that ever was, and its checksum says nothing
/// until `consistentAt` is behind. One thread.
public final class RawReplay implements AutoCloseable {

    private final Path path;
    private final FileChannel file;
    private final boolean created;
    private final TransactionAssembly assembly;
    private final byte[] page;
    private final ByteBuffer buffer;
    private Position position;
    private long fileBytes;

    private RawReplay(Path path, FileChannel file, boolean created, Position position, long heldBytesMax)
            throws IOException {
        this.path = path;
        this.file = file;
        this.created = created;
        this.position = position;
        assembly = new TransactionAssembly(heldBytesMax);
        page = new byte[position.pageSize()];
        buffer = ByteBuffer.allocateDirect(position.pageSize());
        fileBytes = file.size();
    }

    /// Opens the file, or creates it if nothing was ever written to it.
    ///
    /// @param position of the file; entries up to its `replayFrom` are in it
    /// @throws DatabaseException UNAVAILABLE if the file should be there and is not, or cannot be opened
    public static RawReplay open(Path file, Position position) {
        return open(file, position, TransactionAssembly.HELD_BYTES_MAX);
    }

    /// @param heldBytesMax memory for the pieces of a transaction that is not complete
    public static RawReplay open(Path path, Position position, long heldBytesMax) {
        boolean created = Files.notExists(path);
        if (created && position.frame().value() > 0) {
            throw new DatabaseException(
                    Code.UNAVAILABLE,
                    "database file " + path.getFileName() + " is missing, its position says that it holds frame "
                            + position.frame());
        }
        try {
            FileChannel file = FileChannel.open(path, CREATE, READ, WRITE);
            try {
                return new RawReplay(path, file, created, position, heldBytesMax);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw IoFailure.of("open", path, e);
        }
    }

    /// Applies one entry; entries come in log order. One at or before `replayFrom` changes nothing, and neither
    /// does a transaction that was made on an earlier state ([Transaction#follows]).
    ///
    /// @throws DatabaseException LOG_DAMAGED if a page does not come out as it was written (known only after
    ///     `consistentAt`) or an entry is missing; TRANSACTION_TOO_LARGE if pieces exceed the limit;
    ///     UNAVAILABLE, DISK_FULL on I/O errors. The replay ends then: close it and take the position from
    ///     before
    public void apply(LogIndex index, LogEntry.Pages entry) {
        if (!index.isAfter(position.replayFrom())) {
            return;
        }
        if (!entry.database().equals(position.database()) || entry.pageSize() != position.pageSize()) {
            throw damaged(index, "it is of database " + entry.database() + " with pages of " + entry.pageSize());
        }
        assembly.add(index, entry)
                .filter(transaction -> transaction.follows(position.frame()))
                .ifPresent(this::apply);
    }

    /// Position as of the last complete transaction; true on disk once [#close] returned.
    public Position position() {
        return position;
    }

    /// Makes everything durable and closes the file.
    ///
    /// @throws DatabaseException UNAVAILABLE or DISK_FULL if it is not durable: the position from before
    ///     holds
    @Override
    public void close() {
        try (file) {
            file.force(true);
            if (created) {
                Directory.sync(path);
            }
        } catch (IOException e) {
            throw IoFailure.of("sync", path, e);
        }
    }

    /// Applies a transaction that was put together elsewhere and follows the position.
    void apply(Transaction transaction) {
        boolean baseIsExact = transaction.index().isAfter(position.consistentAt());
        try {
            for (PageImage image : transaction.pages()) {
                write(image, baseIsExact);
            }
            setLength(transaction.databasePages() * page.length);
        } catch (IOException e) {
            throw IoFailure.of("write", path, e);
        }
        advance(transaction);
    }

    private void write(PageImage image, boolean baseIsExact) throws IOException {
        long offset = (image.pgno() - 1) * page.length;
        if (!image.isWhole()) {
            read(offset);
        }
        if (baseIsExact) {
            image.applyTo(page);
        } else {
            image.overlayOn(page);
        }
        buffer.clear().put(page).flip();
        while (buffer.hasRemaining()) {
            file.write(buffer, offset + buffer.position());
        }
        fileBytes = Math.max(fileBytes, offset + page.length);
    }

    /// Reads the page at `offset`; what is beyond the end, because a later state was shorter, is zeros.
    private void read(long offset) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining() && file.read(buffer, offset + buffer.position()) > 0) {}
        int found = buffer.flip().remaining();
        buffer.get(page, 0, found);
        Arrays.fill(page, found, page.length, (byte) 0);
    }

    private void setLength(long bytes) throws IOException {
        if (bytes < fileBytes) {
            file.truncate(bytes);
        } else if (bytes > fileBytes) {
            file.write(ByteBuffer.allocate(1), bytes - 1);
        }
        fileBytes = bytes;
    }

    private void advance(Transaction applied) {
        LogIndex index = applied.index();
        position = new Position(
                position.group(),
                position.database(),
                position.pageSize(),
                index,
                index.isAfter(position.consistentAt()) ? index : position.consistentAt(),
                applied.frame(),
                applied.epochStart() ? applied.first() : position.epochStart());
    }

    private DatabaseException damaged(LogIndex index, String what) {
        return new DatabaseException(
                Code.LOG_DAMAGED,
                "log entry " + index + " cannot be applied to database " + position.database() + ": " + what);
    }
}
