package io.skerry.hrana.pipeline;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What was written through this node on primaries, and was not in its own copy when the client heard of it: the copy
/// lagged, or there was none that can be read, as while the location joins. A read here, on any stream, has to see it.
/// Knows the databases that were added last, a bounded number. Thread-safe.
final class WrittenThere {

    /// So many are known at least, and twice as many at most.
    static final int KNOWN_MIN = 5_000;

    private volatile Map<String, Long> newer = new ConcurrentHashMap<>();
    private volatile Map<String, Long> older = new ConcurrentHashMap<>();

    /// @param key of the database
    /// @param frame that includes what was written
    synchronized void add(String key, long frame) {
        if (newer.size() >= KNOWN_MIN) {
            older = newer;
            newer = new ConcurrentHashMap<>();
        }
        newer.merge(key, frame, Math::max);
    }

    /// A frame that has all that was added; 0 if nothing is known of the database.
    long frame(String key) {
        // In this order: what becomes older meanwhile is met in one of them.
        return Math.max(frame(newer, key), frame(older, key));
    }

    private static long frame(Map<String, Long> known, String key) {
        return known.isEmpty() ? 0 : known.getOrDefault(key, 0L);
    }

    /// The copy here has it: no read need ask any more.
    ///
    /// @param frame as [#frame] told it
    synchronized void caughtUp(String key, long frame) {
        newer.computeIfPresent(key, (known, added) -> added <= frame ? null : added);
        older.computeIfPresent(key, (known, added) -> added <= frame ? null : added);
    }
}
