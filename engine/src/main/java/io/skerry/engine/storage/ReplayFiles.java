package io.skerry.engine.storage;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files that the log is being replayed into, with a bound on how many are open. Thread-safe.
final class ReplayFiles {

    private final int openMax;
    private final Set<StoredDatabase> open = new LinkedHashSet<>();

    ReplayFiles(int openMax) {
        this.openMax = openMax;
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
        open.add(database);
        Iterator<StoredDatabase> oldest = open.iterator();
        return open.size() > openMax ? oldest.next() : null;
    }

    synchronized void closed(StoredDatabase database) {
        open.remove(database);
    }

    synchronized List<StoredDatabase> all() {
        return new ArrayList<>(open);
    }
}
