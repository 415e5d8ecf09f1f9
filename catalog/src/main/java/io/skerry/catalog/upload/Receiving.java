package io.skerry.catalog.upload;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.Shares;
import java.time.Duration;

/// The uploads whose bodies are being received: each has a file open for as long as its client takes. One
/// organization has half of the places at most. Thread-safe.
final class Receiving {

    private final Shares<UploadOwner> places;
    private final int max;
    private final int perOwnerMax;
    private final Duration wait;

    /// @param max at once
    /// @param wait for a place
    Receiving(int max, Duration wait) {
        this.max = max;
        this.perOwnerMax = Math.max(1, max / 2);
        this.wait = wait;
        this.places = new Shares<>(max, perOwnerMax);
    }

    /// Until it is closed.
    @FunctionalInterface
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /// Waits for a place.
    ///
    /// @throws DatabaseException UNAVAILABLE if the thread is interrupted meanwhile
    Place enter(UploadOwner owner) throws TooManyUploadsException {
        try {
            return switch (places.tryAcquire(owner, wait)) {
                case PERMIT -> () -> places.release(owner);
                case SHARE_TAKEN ->
                    throw new TooManyUploadsException("this node receives " + perOwnerMax
                            + " uploads of this organization already, and no more at once; try again");
                case ALL_TAKEN ->
                    throw new TooManyUploadsException("this node receives " + max + " uploads already; try again");
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping: the upload was not received", e);
        }
    }
}
