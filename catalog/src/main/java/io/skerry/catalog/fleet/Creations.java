package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Creations under way. Between its first step and its last a creation looks like the rest of a crash: whoever
/// looks for such waits until what he saw has become one or the other.
final class Creations {

    private final KeyedLocks<String> names = new KeyedLocks<>();
    private final Set<CountDownLatch> underWay = ConcurrentHashMap.newKeySet();
    private final Map<String, Seeding> seedings = new ConcurrentHashMap<>();

    /// Runs a creation; another under the same name waits.
    <T> T create(String name, Supplier<T> work) {
        return names.with(name, () -> {
            CountDownLatch end = new CountDownLatch(1);
            underWay.add(end);
            try {
                return work.get();
            } finally {
                underWay.remove(end);
                end.countDown();
            }
        });
    }

    /// As above; until its end it is known how far it is.
    <T> T create(String name, Seeding seeding, Supplier<T> work) {
        return create(name, () -> {
            seedings.put(name, seeding);
            try {
                return work.get();
            } finally {
                seedings.remove(name);
            }
        });
    }

    /// @param database its name
    Optional<Seeding> seeding(OrganizationId organization, String database) {
        return seedings.values().stream()
                .filter(seeding -> seeding.isOf(organization, database))
                .findAny();
    }

    /// The name of what gives a draft its content. Not that of the draft: its group may be given to
    /// another organization meanwhile. No name of a database is like it.
    static String contentOf(DatabaseId draft) {
        return "content of " + draft;
    }

    /// What gives this database its content, if anything does, is for nothing.
    void deleted(DatabaseId database) {
        Seeding seeding = seedings.get(contentOf(database));
        if (seeding != null) {
            seeding.end("database " + database + " was deleted while it was filled");
        }
    }

    /// Waits for the end of all creations that have begun by now; those that begin meanwhile are not held up.
    ///
    /// @return false if `limit` passed first
    boolean awaitBegun(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            for (CountDownLatch begun : underWay) {
                if (!begun.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
