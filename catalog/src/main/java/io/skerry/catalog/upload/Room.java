package io.skerry.catalog.upload;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.Shares;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What the uploads of a node may take together, and those of one owner. Thread-safe.
final class Room {

    private final long bytesMax;
    private final long shareBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final ConcurrentHashMap<UploadOwner, Long> taken = new ConcurrentHashMap<>();
    private final Shares<UploadOwner> places;

    /// @param shareBytes of one owner at most
    /// @param uploadsMax whatever their size
    /// @param shareUploads of one owner at most
    Room(long bytesMax, long shareBytes, int uploadsMax, int shareUploads) {
        this.bytesMax = bytesMax;
        this.shareBytes = shareBytes;
        this.places = new Shares<>(uploadsMax, shareUploads);
    }

    /// @throws DatabaseException OVERLOADED
    void enter(UploadOwner owner) {
        switch (places.tryAcquire(owner)) {
            case PERMIT -> {}
            case SHARE_TAKEN -> throw overloaded("too many uploads of this organization wait on this node to be used");
            case ALL_TAKEN -> throw overloaded("too many uploads wait on this node to be used");
        }
    }

    /// Takes so much, until the upload leaves.
    ///
    /// @throws DatabaseException OVERLOADED; nothing was taken then
    void take(UploadOwner owner, long more) {
        if (add(owner, more) > shareBytes) {
            add(owner, -more);
            throw shareFull();
        }
        if (bytes.addAndGet(more) > bytesMax) {
            bytes.addAndGet(-more);
            add(owner, -more);
            throw full();
        }
    }

    /// @throws DatabaseException OVERLOADED if so much could not be taken now
    void require(UploadOwner owner, long more) {
        if (taken.getOrDefault(owner, 0L) + more > shareBytes) {
            throw shareFull();
        }
        if (bytes.get() + more > bytesMax) {
            throw full();
        }
    }

    /// @param took all that the upload took
    void leave(UploadOwner owner, long took) {
        if (took > 0) {
            add(owner, -took);
        }
        bytes.addAndGet(-took);
        places.release(owner);
    }

    /// An owner who has nothing is not kept.
    private long add(UploadOwner owner, long more) {
        Long now = taken.merge(owner, more, (had, added) -> had + added == 0 ? null : Long.valueOf(had + added));
        return now == null ? 0 : now;
    }

    private DatabaseException shareFull() {
        return overloaded(
                "the uploads of this organization on this node fill the " + shareBytes + " bytes that they may have");
    }

    private static DatabaseException full() {
        return overloaded("the uploads on this node fill the room there is for them");
    }

    private static DatabaseException overloaded(String what) {
        return new DatabaseException(Code.OVERLOADED, what + "; try again later");
    }
}
