package io.skerry.hrana.wire;

import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/// Buffers for answers: reused while they are small, and bounded in all by a [ByteBudget]. Thread-safe.
public final class BufferPool {

    private static final int CAPACITY_INITIAL = 8 * 1024;
    private static final int CAPACITY_KEPT_MAX = 64 * 1024;
    private static final int KEPT_MAX = 64;

    private final ByteBudget budget;
    private final ArrayBlockingQueue<JsonBuffer> kept = new ArrayBlockingQueue<>(KEPT_MAX);

    public BufferPool(long bytesMax) {
        this.budget = new ByteBudget(bytesMax);
    }

    /// An empty buffer, null if the budget has no room for one more.
    public @Nullable JsonBuffer take() {
        JsonBuffer buffer = kept.poll();
        if (buffer != null) {
            buffer.truncate(0);
            return buffer;
        }
        return budget.tryAcquire(CAPACITY_INITIAL) ? new JsonBuffer(budget, CAPACITY_INITIAL) : null;
    }

    /// Takes a buffer back. The caller must not touch it again.
    public void give(JsonBuffer buffer) {
        if (buffer.capacity() > CAPACITY_KEPT_MAX || !kept.offer(buffer)) {
            budget.release(buffer.capacity());
        }
    }
}
