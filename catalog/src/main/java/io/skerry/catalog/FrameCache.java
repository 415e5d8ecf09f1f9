package io.skerry.catalog;

import io.skerry.engine.Database;
import io.skerry.engine.FrameNo;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What was read from the catalog, for as long as nothing in it changes. Thread-safe.
///
/// Every entry was read when the catalog was at the frame of its generation or later, and a generation is used
/// only while the catalog is at exactly its frame: so an answer is never older than the newest change that
/// readers of this node can see.
public final class FrameCache<K, V> {

    private final Database database;
    private final int entriesMax;
    private final Function<K, Optional<V>> load;
    private volatile Generation<K, V> generation = new Generation<>(FrameNo.ZERO);

    /// @param entriesMax above which everything is forgotten: names that strangers invent cost no memory
    /// @param load reads an entry from the catalog; empty is remembered too
    FrameCache(Database database, int entriesMax, Function<K, Optional<V>> load) {
        this.database = database;
        this.entriesMax = entriesMax;
        this.load = load;
    }

    public Optional<V> get(K key) {
        FrameNo frame = database.frame();
        Generation<K, V> current = generation;
        if (current.frame.value() != frame.value()) {
            current = new Generation<>(frame);
            generation = current;
        }
        Optional<V> known = current.entries.get(key);
        if (known != null) {
            return known;
        }
        Optional<V> loaded = load.apply(key);
        if (current.entries.size() >= entriesMax) {
            current.entries.clear();
        }
        current.entries.put(key, loaded);
        return loaded;
    }

    /// Entries that are held at the moment.
    int size() {
        return generation.entries.size();
    }

    private static final class Generation<K, V> {
        private final FrameNo frame;
        private final ConcurrentHashMap<K, Optional<V>> entries = new ConcurrentHashMap<>();

        Generation(FrameNo frame) {
            this.frame = frame;
        }
    }
}
