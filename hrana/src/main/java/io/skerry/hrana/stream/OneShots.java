package io.skerry.hrana.stream;

import io.skerry.hrana.wire.Refusal;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/// The streams that end with the pipeline that opens them, while it runs. Every request without a baton comes here, so
/// that it costs two writes to a place that its thread, and so its connection, found free before.
final class OneShots {

    private final AtomicReferenceArray<Stream> places;

    /// @param max as many run at once
    OneShots(int max) {
        // Twice as many: a free place is near.
        places = new AtomicReferenceArray<>(Integer.highestOneBit(Math.max(max, 8)) << 2);
    }

    /// @throws Refusal 429 if there are too many
    void enter(Stream stream) {
        int mask = places.length() - 1;
        int start = (int) (Thread.currentThread().threadId() * 0x9E3779B9L >>> 8);
        for (int i = 0; i <= mask; i++) {
            int place = start + i & mask;
            if (places.getPlain(place) == null) {
                stream.place = place;
                if (places.compareAndSet(place, null, stream)) {
                    return;
                }
            }
        }
        throw Refusal.server(429, "Too many concurrent requests");
    }

    /// Idempotent, from any thread.
    void leave(Stream stream) {
        places.compareAndSet(stream.place, stream, null);
    }

    void forEach(Consumer<Stream> action) {
        for (int place = 0; place < places.length(); place++) {
            Stream stream = places.get(place);
            if (stream != null) {
                action.accept(stream);
            }
        }
    }
}
