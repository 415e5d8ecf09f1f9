package io.skerry.hrana.wire;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Buffers for answers: reused while they are small, and bounded in all, and for each owner, by an [AnswerRoom].
/// Thread-safe.
public final class BufferPool {

    private static final int CAPACITY_KEPT_MAX = 64 * 1024;
    private static final int KEPT_MAX = 64;

    private final AnswerRoom room;
    private final ArrayBlockingQueue<JsonBuffer> kept = new ArrayBlockingQueue<>(KEPT_MAX);

    /// @param bytesMax of all answers, whose clients may not have taken them
    /// @param resultBytesMax of one result
    public BufferPool(long bytesMax, long resultBytesMax) {
        this.room = new AnswerRoom(bytesMax, resultBytesMax);
    }

    /// An empty buffer, null if there is no room for one more.
    ///
    /// @param owner who is counted for what it grows by
    public @Nullable JsonBuffer take(Object owner) {
        JsonBuffer buffer = kept.poll();
        if (buffer == null) {
            if (!room.tryBegin()) {
                return null;
            }
            buffer = new JsonBuffer(room, AnswerRoom.CAPACITY_INITIAL);
        }
        // What a kept one grew by before is counted for nobody: it is not much, and there are few of them.
        buffer.begin(owner);
        return buffer;
    }

    /// Takes a buffer back. The caller must not touch it again.
    public void give(JsonBuffer buffer) {
        int capacity = buffer.capacity();
        buffer.endOwnership();
        if (capacity > CAPACITY_KEPT_MAX || !kept.offer(buffer)) {
            room.end(capacity);
        }
    }
}
