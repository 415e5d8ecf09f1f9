package io.skerry.engine.storage;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files that the log is being replayed into, with a bound on how many are open; one is, whatever else the node
/// has. Thread-safe.
final class ReplayFiles {

    private final int openMax;
    private final OpenRoom node;
    private final Set<StoredDatabase> open = new LinkedHashSet<>();

    ReplayFiles(int openMax, OpenRoom node) {
        this.openMax = openMax;
        this.node = node;
    }

    /// Notes that `database` opened its file, and closes the one opened first if there are too many. Called
    /// by the applying thread only: it alone may hold the locks of two databases.
    void opened(StoredDatabase database) {
        StoredDatabase oldest = add(database);
        if (oldest != null) {
            oldest.replay().suspend();
        }
    }

    private synchronized @Nullable StoredDatabase add(StoredDatabase database) {
        if (open.add(database)) {
            node.take(1);
        }
        Iterator<StoredDatabase> oldest = open.iterator();
        boolean many = open.size() > openMax || open.size() > 1 && node.isFull();
        return many ? oldest.next() : null;
    }

    synchronized void closed(StoredDatabase database) {
        if (open.remove(database)) {
            node.give(1);
        }
    }

    synchronized List<StoredDatabase> all() {
        return new ArrayList<>(open);
    }
}
