package io.skerry.engine.storage;

import io.skerry.engine.Meters;
import io.skerry.engine.file.Deletions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the groups of one node share: limits, threads for maintenance, buffers for commits, and the bound on
/// open databases. Thread-safe.
public final class StorageNode implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);
    private static final Duration SWEEP = Duration.ofSeconds(1);
    /// Attempts to close one for another; not all, since a disk on which that fails makes each of them wait.
    private static final int ATTEMPTS_MAX = 8;

    private final StorageSettings settings;
    private final Function<DatabaseFile, ? extends FileUser> users;
    private final Meters meters;
    private final CommitWork.Pool commitWork = new CommitWork.Pool();
    private final Set<StoredDatabase> open = ConcurrentHashMap.newKeySet();
    private final OpenRoom room;
    private final Deletions deletions = new Deletions();
    private final ScheduledExecutorService maintenance;

    /// @param users makes what runs statements on a file that was opened
    public StorageNode(StorageSettings settings, Function<DatabaseFile, ? extends FileUser> users, Meters meters) {
        this.settings = settings;
        this.meters = meters;
        this.users = users;
        room = new OpenRoom(settings.openDatabases(), settings.descriptors());
        maintenance = Executors.newScheduledThreadPool(
                settings.maintenanceThreads(),
                Thread.ofPlatform().daemon().name("skerry-storage-", 1).factory());
        every(SWEEP, this::closeIdle);
        every(SWEEP, () -> deletions.look(System.nanoTime()));
    }

    StorageSettings settings() {
        return settings;
    }

    Meters meters() {
        return meters;
    }

    /// What could not be deleted, tried again on a thread of this node.
    public Deletions deletions() {
        return deletions;
    }

    CommitWork.Pool commitWork() {
        return commitWork;
    }

    FileUser user(DatabaseFile file) {
        return users.apply(file);
    }

    /// See [io.skerry.engine.Engine#every].
    public void every(Duration period, Runnable task) {
        maintenance.scheduleWithFixedDelay(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Runs `task` soon on a thread that may block in native code; not at all once this node is closed. What it throws
    /// is logged.
    void later(Runnable task, long delayMillis) {
        try {
            maintenance.schedule(() -> logged(task), delayMillis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the node is closed: maintenance of a database is left out", e);
        }
    }

    private static void logged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // The executor would keep it to itself.
            LOG.warn("maintenance of a database failed", e);
            throw e;
        }
    }

    int openDatabases() {
        return open.size();
    }

    void opened(StoredDatabase database) {
        open.add(database);
    }

    void closed(StoredDatabase database) {
        open.remove(database);
    }

    OpenRoom room() {
        return room;
    }

    /// Room for one more open database, made by closing those unused longest.
    ///
    /// @return null if all are in use
    @Nullable
    FileRoom tryTakeRoom() {
        int descriptors = FileRoom.CONNECTIONS * OpenRoom.CONNECTION;
        while (!room.tryTakeDatabase(descriptors)) {
            if (!closeOne()) {
                return null;
            }
        }
        return FileRoom.of(room);
    }

    /// The same for the log, which does not wait.
    FileRoom takeRoom() {
        FileRoom taken = tryTakeRoom();
        if (taken == null) {
            room.takeDatabase(FileRoom.CONNECTIONS * OpenRoom.CONNECTION);
            taken = FileRoom.of(room);
        }
        return taken;
    }

    /// Room for one more connection that reads, made likewise.
    ///
    /// @return false if all are in use
    boolean takeReader(FileRoom database) {
        while (!database.tryTakeReader()) {
            if (!closeOne()) {
                return false;
            }
        }
        return true;
    }

    /// When one was used, as of the moment in which all are compared.
    private record Unused(StoredDatabase database, long since) {}

    private boolean closeOne() {
        return open.stream()
                .filter(database -> !database.apart())
                .filter(StoredDatabase::unused)
                .map(database -> new Unused(database, database.lastUse()))
                .sorted((a, b) -> Long.compare(a.since - b.since, 0))
                .limit(ATTEMPTS_MAX)
                .anyMatch(unused -> unused.database.closeIfUnused());
    }

    private void closeIdle() {
        long before = System.nanoTime() - settings.idleTime().toNanos();
        for (StoredDatabase database : open) {
            try {
                if (database.lastUse() - before < 0 && database.unused()) {
                    database.closeIfUnused();
                }
            } catch (RuntimeException e) {
                LOG.warn("database {}: cannot be closed while idle: {}", database.id(), e.toString());
            }
        }
    }

    /// Ends the threads; close the groups first.
    @Override
    public void close() {
        maintenance.shutdownNow();
        commitWork.close();
    }
}
