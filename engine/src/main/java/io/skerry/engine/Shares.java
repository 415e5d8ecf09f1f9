package io.skerry.engine;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Permits for what may last, of which no owner has more than a share: one whose clients never come to
/// an end leaves the rest to others. Thread-safe.
///
/// @param <K> owners
public final class Shares<K> {

    /// What became of an attempt.
    public enum Got {
        PERMIT,
        /// The owner has his share already.
        SHARE_TAKEN,
        /// All are taken.
        ALL_TAKEN
    }

    private final Semaphore all;
    private final int share;
    private final ConcurrentHashMap<K, Integer> taken = new ConcurrentHashMap<>();

    /// @param share of one owner at most
    public Shares(int all, int share) {
        this.all = new Semaphore(all, true);
        this.share = share;
    }

    /// Takes a permit, or does not wait for one.
    public Got tryAcquire(K owner) {
        if (!enter(owner)) {
            return Got.SHARE_TAKEN;
        }
        if (all.tryAcquire()) {
            return Got.PERMIT;
        }
        giveBack(owner);
        return Got.ALL_TAKEN;
    }

    /// As above, but waits while all are taken. Nobody waits for his own share, and who waits counts for it.
    public Got tryAcquire(K owner, Duration wait) throws InterruptedException {
        if (!enter(owner)) {
            return Got.SHARE_TAKEN;
        }
        boolean permit = false;
        try {
            permit = all.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!permit) {
                giveBack(owner);
            }
        }
        return permit ? Got.PERMIT : Got.ALL_TAKEN;
    }

    private boolean enter(K owner) {
        boolean[] mine = {false};
        taken.compute(owner, (same, count) -> {
            int before = count == null ? 0 : count;
            mine[0] = before < share;
            return mine[0] ? Integer.valueOf(before + 1) : count;
        });
        return mine[0];
    }

    /// Gives back a permit that the owner got.
    public void release(K owner) {
        giveBack(owner);
        all.release();
    }

    private void giveBack(K owner) {
        taken.computeIfPresent(owner, (same, count) -> count > 1 ? count - 1 : null);
    }
}
