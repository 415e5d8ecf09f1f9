package io.skerry.catalog.upload;

import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.CatalogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;

/// A database file that comes in chunks of equal size, the last one perhaps smaller, in any order and
/// each as often as it takes: a client that lost a connection cannot know how far it came. Thread-safe.
final class FileUpload extends Upload {

    private final long size;
    private final int chunkBytes;
    private final BitSet whole = new BitSet();
    /// Those whose room is taken.
    private final BitSet counted = new BitSet();

    /// @param size of the file, more than 0
    FileUpload(UploadOwner owner, UploadOwner payer, Path database, long endsAt, long size, int chunkBytes) {
        super(owner, payer, database, endsAt);
        this.size = size;
        this.chunkBytes = chunkBytes;
    }

    @Override
    boolean isUsedOnce() {
        return false;
    }

    int chunks() {
        return Math.toIntExact((size + chunkBytes - 1) / chunkBytes);
    }

    boolean isChunk(int chunk) {
        return chunk < chunks();
    }

    long offset(int chunk) {
        return (long) chunk * chunkBytes;
    }

    int length(int chunk) {
        return Math.toIntExact(Math.min(chunkBytes, size - offset(chunk)));
    }

    /// A chunk begins to come, perhaps again: it is not whole until it was received to its end.
    ///
    /// @throws CatalogException INVALID if there is no such chunk; as [#write]
    /// @throws io.skerry.engine.DatabaseException OVERLOADED if there is no room for it
    void open(int chunk, Room room) {
        if (chunk >= chunks()) {
            throw new CatalogException(
                    INVALID, "there is no chunk " + chunk + ": the upload of " + size + " bytes has " + chunks());
        }
        locked(() -> {
            requireOpen();
            if (!counted.get(chunk)) {
                room.take(payer(), length(chunk));
                grow(length(chunk));
                counted.set(chunk);
            }
            whole.clear(chunk);
            return chunk;
        });
    }

    /// Under the lock, so that nothing is written once the file is being checked: of two attempts at
    /// one chunk the slower may still be there when the faster has long ended.
    ///
    /// @throws CatalogException NOT_FOUND if it was given up; INVALID if it is in use already
    void write(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        lock.lock();
        try {
            requireOpen();
            long at = position;
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
        } finally {
            lock.unlock();
        }
    }

    /// All of a chunk was written.
    void close(int chunk, long nowEndsAt) {
        locked(() -> {
            requireOpen();
            whole.set(chunk);
            keepUntil(nowEndsAt);
            return chunk;
        });
    }

    /// What is missing; empty if nothing is.
    Optional<String> missing() {
        return locked(() -> {
            int chunk = whole.nextClearBit(0);
            return chunk < chunks()
                    ? Optional.of("chunk " + chunk + " of " + chunks() + " was not received: send it")
                    : Optional.empty();
        });
    }

    private void requireOpen() {
        if (isGivenUp()) {
            throw absent();
        }
        if (!isOpen()) {
            throw new CatalogException(INVALID, "the upload is complete and takes no more chunks");
        }
    }

    static CatalogException absent() {
        return new CatalogException(NOT_FOUND, "there is no such upload of this database (any more): start one anew");
    }
}
