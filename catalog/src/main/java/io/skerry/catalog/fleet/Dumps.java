package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseImage;
import io.skerry.engine.dump.DumpException;
import io.skerry.engine.dump.DumpLoader;
import io.skerry.raft.NodeId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The dumps that were uploaded to this node and wait to become databases: files that nobody else may
/// read, in a directory that is emptied at each start. One is deleted after its use, whatever came of
/// it, or when its time is over.
///
///     ID.sql   as it was uploaded
///     ID.db    the database file that is made of it, while it is used
///
/// Thread-safe.
public final class Dumps implements AutoCloseable {

    /// That wait, whatever their size.
    private static final int WAITING_MAX = 256;

    private static final int USED_MAX = 4;
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);
    /// To end once its time is over.
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Dumps.class);

    private final NodeId self;
    private final Path directory;
    private final DumpLimits limits;
    private final Map<DumpId, UploadedDump> dumps = new ConcurrentHashMap<>();
    private final AtomicLong used = new AtomicLong();
    private final Semaphore places = new Semaphore(WAITING_MAX);
    private final Semaphore uses = new Semaphore(USED_MAX);
    private final Thread clock;
    private volatile boolean closed;

    private Dumps(NodeId self, Path directory, DumpLimits limits) {
        this.self = self;
        this.directory = directory;
        this.limits = limits;
        this.clock = Thread.ofVirtual().name("dumps-clock").start(this::look);
    }

    /// @param self the node that this is
    /// @param directory of these files alone
    public static Dumps open(NodeId self, Path directory, DumpLimits limits) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        // Their names are known to nobody any more.
        try (Stream<Path> left = Files.list(directory)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
        return new Dumps(self, directory, limits);
    }

    /// Writes a dump into the stream that it is given.
    @FunctionalInterface
    public interface Feed {
        void to(OutputStream out) throws IOException;
    }

    /// Takes a dump in; if that fails nothing is left of it.
    ///
    /// @throws DumpTooLargeException if it has more bytes than a dump may have
    /// @throws IOException what `feed` threw
    /// @throws DatabaseException OVERLOADED if there is no room for it among the others; DISK_FULL
    public DumpPlace put(OrganizationId organization, Feed feed) throws IOException {
        if (closed || !places.tryAcquire()) {
            throw new DatabaseException(
                    Code.OVERLOADED, "too many dumps wait on this node to be used; try again later");
        }
        DumpId id = DumpId.random();
        UploadedDump dump = new UploadedDump(
                organization,
                directory.resolve(id + ".sql"),
                directory.resolve(id + ".db"),
                System.nanoTime() + limits.kept().toNanos());
        boolean whole = false;
        try (OutputStream out = new DumpFile(dump, limits.bytes(), limits.totalBytes(), used)) {
            feed.to(out);
            whole = true;
        } finally {
            if (!whole) {
                delete(dump);
            }
        }
        dumps.put(id, dump);
        LOG.info("a dump of {} bytes was uploaded", dump.bytes());
        return new DumpPlace(self, id);
    }

    /// Makes a database file of the dump, for [#writeImage]. The dump is deleted if that fails.
    ///
    /// @param organization that uses it
    /// @return what is wrong with the dump; empty if nothing is
    /// @throws DatabaseException if it is no fault of the dump
    public Optional<String> build(DumpId id, OrganizationId organization, Duration limit) {
        UploadedDump dump = dumps.get(id);
        if (dump == null || !dump.organization().equals(organization)) {
            return Optional.of("there is no such dump (any more): it is deleted after its use, after "
                    + limits.kept().toMinutes() + " minutes, and when its node starts");
        }
        if (!uses.tryAcquire()) {
            throw new DatabaseException(
                    Code.OVERLOADED, "this node makes databases of " + USED_MAX + " dumps already; try again");
        }
        if (!dump.begin(System.nanoTime() + limits.kept().toNanos())) {
            uses.release();
            return Optional.of("the dump is being used already");
        }
        boolean built = false;
        try {
            load(dump, limit);
            built = true;
            return Optional.empty();
        } catch (DumpException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            if (!built) {
                discard(id);
            }
            if (dump.end()) {
                delete(dump);
            }
        }
    }

    /// On a platform thread: SQLite blocks it.
    private void load(UploadedDump dump, Duration limit) {
        DumpLoader.Limits loading =
                new DumpLoader.Limits(limits.pageSize(), limits.databaseBytes(), limits.valueBytes(), limit);
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            Files.createFile(dump.database(), DumpFile.PRIVATE);
            DumpLoader.load(dump.text(), dump.database(), loading, () -> !closed && !dump.isGivenUp());
            return true;
        });
        Thread.ofPlatform().daemon().name("dump-load").start(task);
        try {
            task.get(limit.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new DatabaseException(Code.INTERNAL, "the dump could not be loaded: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new DatabaseException(Code.INTERNAL, "loading the dump does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping", e);
        }
    }

    /// The pages of the database that was made, as [io.skerry.engine.Database#load] takes them.
    ///
    /// @throws DatabaseException NO_SUCH_DATABASE unless [#build] was here
    public void writeImage(DumpId id, OutputStream out) {
        UploadedDump dump = dumps.get(id);
        if (dump == null || !dump.isBuilt()) {
            throw new DatabaseException(Code.NO_SUCH_DATABASE, "no database was made of dump " + id + " here");
        }
        try {
            DatabaseImage.write(dump.database(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deletes the dump and what was made of it; one that is not here is no mistake.
    public void discard(DumpId id) {
        UploadedDump dump = dumps.remove(id);
        if (dump != null && dump.giveUp()) {
            delete(dump);
        }
    }

    /// Deletes what waits, or is used, for too long.
    void deleteOld(long now) {
        List<DumpId> old = dumps.entrySet().stream()
                .filter(dump -> now - dump.getValue().endsAt() >= 0)
                .map(Map.Entry::getKey)
                .toList();
        for (DumpId id : old) {
            LOG.info("a dump that nobody used is deleted");
            discard(id);
        }
    }

    private void look() {
        try {
            while (!closed) {
                Thread.sleep(LOOK_EVERY);
                deleteOld(System.nanoTime());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void delete(UploadedDump dump) {
        try {
            Files.deleteIfExists(dump.text());
            Files.deleteIfExists(dump.database());
        } catch (IOException e) {
            LOG.warn("a dump could not be deleted: the next start of the node does it", e);
        }
        used.addAndGet(-dump.bytes());
        places.release();
        if (dump.wasUsed()) {
            uses.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        clock.interrupt();
        dumps.keySet().forEach(this::discard);
    }
}
