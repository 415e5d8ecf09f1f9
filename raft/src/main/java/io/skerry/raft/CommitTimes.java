package io.skerry.raft;

/// When the newest committed entries were applied here, so that a leader can tell how old the first entry is
/// that a member lacks. A ring of fixed size; for entries older than it the oldest time it knows stands in.
///
/// One thread records, any may ask.
final class CommitTimes {

    private static final int SLOTS = 4096;

    /// One slot takes the entries of so many milliseconds, so that the ring reaches back about a minute.
    private static final long SLOT_MS = 16;

    private final long[] index = new long[SLOTS];
    private final long[] millis = new long[SLOTS];
    private int newest = -1;
    private int count;

    synchronized void record(long entry, long nowMillis) {
        if (newest >= 0 && nowMillis - millis[newest] < SLOT_MS) {
            return;
        }
        newest = (newest + 1) % SLOTS;
        count = Math.min(count + 1, SLOTS);
        index[newest] = entry;
        millis[newest] = nowMillis;
    }

    /// Milliseconds since `entry` was applied here, to within a slot; 0 if nothing was recorded since.
    synchronized long ageMillis(long entry, long nowMillis) {
        long since = nowMillis;
        for (int back = 0; back < count; back++) {
            int slot = Math.floorMod(newest - back, SLOTS);
            if (index[slot] < entry) {
                break;
            }
            since = millis[slot];
        }
        return Math.max(0, nowMillis - since);
    }
}
