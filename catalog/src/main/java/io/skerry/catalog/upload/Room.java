package io.skerry.catalog.upload;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/// What the uploads of a node may take together. Thread-safe.
final class Room {

    private final long bytesMax;
    private final AtomicLong bytes = new AtomicLong();
    private final Semaphore places;

    /// @param uploadsMax whatever their size
    Room(long bytesMax, int uploadsMax) {
        this.bytesMax = bytesMax;
        this.places = new Semaphore(uploadsMax);
    }

    /// @throws DatabaseException OVERLOADED
    void enter() {
        if (!places.tryAcquire()) {
            throw new DatabaseException(
                    Code.OVERLOADED, "too many uploads wait on this node to be used; try again later");
        }
    }

    /// Takes so much, until the upload leaves.
    ///
    /// @throws DatabaseException OVERLOADED; nothing was taken then
    void take(long more) {
        if (bytes.addAndGet(more) > bytesMax) {
            bytes.addAndGet(-more);
            throw full();
        }
    }

    /// @throws DatabaseException OVERLOADED if so much could not be taken now
    void require(long more) {
        if (bytes.get() + more > bytesMax) {
            throw full();
        }
    }

    /// @param taken all that the upload took
    void leave(long taken) {
        bytes.addAndGet(-taken);
        places.release();
    }

    private static DatabaseException full() {
        return new DatabaseException(
                Code.OVERLOADED, "the uploads on this node fill the room there is for them; try again later");
    }
}
