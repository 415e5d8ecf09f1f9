package io.skerry.hrana.wire;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that all answers together take while they are made, and until their clients have taken them: for as
/// long as a client likes that does not read. So large ones leave a part of it to small ones, which the socket's
/// buffers take whoever reads, and those of one owner leave a part to others.
///
/// Thread-safe, never waits.
final class AnswerRoom {

    /// What every answer begins with. No owner is counted for it: that there are not too many is the bound on requests
    /// in flight.
    static final int CAPACITY_INITIAL = 8 * 1024;

    /// A capacity up to this is a small one.
    static final int SMALL_MAX = 32 * 1024;

    /// What became of an attempt to grow.
    enum Grown {
        DONE,
        /// The owner has all that one may have.
        SHARE_TAKEN,
        ALL_TAKEN
    }

    private final long all;
    private final long ofLarge;
    private final long ofOwner;
    private final AtomicLong small = new AtomicLong();
    private final AtomicLong large = new AtomicLong();
    private final ConcurrentHashMap<Object, Long> owners = new ConcurrentHashMap<>();

    /// @param all bytes
    /// @param result bytes that one result may have: there is always room for one, if there is in all
    AnswerRoom(long all, long result) {
        this.all = all;
        this.ofLarge = Math.min(all, Math.max(all - all / 4, result));
        this.ofOwner = Math.min(all, Math.max(all / 2, result));
    }

    /// Room for one more answer, of [#CAPACITY_INITIAL].
    boolean tryBegin() {
        return tryTake(0, CAPACITY_INITIAL);
    }

    /// An answer's capacity grows.
    Grown tryGrow(Object owner, int from, int to) {
        if (!tryTake(from, to)) {
            return Grown.ALL_TAKEN;
        }
        if (owners.merge(owner, (long) to - from, Long::sum) <= ofOwner) {
            return Grown.DONE;
        }
        giveBack(owner, (long) to - from);
        exchange(to, from);
        return Grown.SHARE_TAKEN;
    }

    /// As [#tryGrow], even where there is no room: for what an answer cannot do without.
    void overdraw(Object owner, int from, int to) {
        exchange(from, to);
        owners.merge(owner, (long) to - from, Long::sum);
    }

    /// Whether answers that could not do without it took more than the owner may have.
    boolean isOverdrawn(Object owner) {
        return !owners.isEmpty() && owners.getOrDefault(owner, 0L) > ofOwner;
    }

    /// What an answer grew by is the owner's no more.
    void giveBack(Object owner, long grown) {
        owners.computeIfPresent(owner, (same, held) -> held > grown ? held - grown : null);
    }

    /// An answer's memory is free.
    void end(int capacity) {
        exchange(capacity, 0);
    }

    /// What is overdrawn by large ones is not taken from the room of small ones.
    private boolean tryTake(int from, int to) {
        exchange(from, to);
        long largeNow = large.get();
        boolean fits = isLarge(to)
                ? largeNow <= ofLarge && small.get() + largeNow <= all
                : small.get() + Math.min(largeNow, ofLarge) <= all;
        if (!fits) {
            exchange(to, from);
        }
        return fits;
    }

    private void exchange(int from, int to) {
        of(from).addAndGet(-from);
        of(to).addAndGet(to);
    }

    private AtomicLong of(int capacity) {
        return isLarge(capacity) ? large : small;
    }

    private static boolean isLarge(int capacity) {
        return capacity > SMALL_MAX;
    }
}
