package io.skerry.engine;

import io.skerry.engine.Meter.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// The meters of a node's databases, for whoever writes down what they counted. Databases that nobody used
/// cost nothing here, however many there are. Thread-safe.
public final class Meters {

    /// Of one database in one [Reading].
    public static final int QUERIES_MAX = 20;

    private final Set<Meter> used = ConcurrentHashMap.newKeySet();
    private final ReentrantLock taking = new ReentrantLock();

    /// A new one: two of the same database, which went and came back, are taken one after the other.
    public Meter of(DatabaseId database) {
        return new Meter(database, this);
    }

    void list(Meter meter) {
        used.add(meter);
    }

    /// What was counted since it was last taken; each row is in one answer.
    /// Of the queries beyond [#QUERIES_MAX] nothing is kept.
    ///
    /// @return of databases that anything was counted in
    public List<Reading> take() {
        List<Reading> taken = new ArrayList<>();
        taking.lock();
        try {
            for (Iterator<Meter> all = used.iterator(); all.hasNext(); ) {
                Meter meter = all.next();
                all.remove();
                keep(taken, meter.take(QUERIES_MAX));
            }
        } finally {
            taking.unlock();
        }
        return taken;
    }

    /// What the next [#take] would say of some databases, as of now.
    public List<Reading> untaken(Collection<DatabaseId> wanted) {
        List<Reading> untaken = new ArrayList<>();
        taking.lock();
        try {
            for (Meter meter : used) {
                if (wanted.contains(meter.database())) {
                    keep(untaken, meter.untaken(QUERIES_MAX));
                }
            }
        } finally {
            taking.unlock();
        }
        return untaken;
    }

    private static void keep(List<Reading> readings, Reading reading) {
        if ((reading.rowsRead() | reading.rowsWritten()) != 0) {
            readings.add(reading);
        }
    }
}
