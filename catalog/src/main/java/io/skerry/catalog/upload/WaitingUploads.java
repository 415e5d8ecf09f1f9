package io.skerry.catalog.upload;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Shares;
import io.skerry.engine.file.Deletions;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The uploads that are here, the room they take, and the end of each: its use, its time, or that nobody waits for it.
/// What an upload took is given back once, when its files are deleted; one that is worked on keeps both until
/// that work ends. Thread-safe.
final class WaitingUploads implements AutoCloseable {

    /// Whatever their size.
    private static final int UPLOADS_MAX = 256;

    /// Of one organization.
    private static final int PER_OWNER_MAX = 128;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(WaitingUploads.class);

    private final UploadLimits limits;
    private final Shares<UploadOwner> uses;
    private final Deletions deletions;
    private final Room room;
    private final Map<UploadId, Upload> uploads = new ConcurrentHashMap<>();
    private final Thread clock;
    private volatile @Nullable Function<DatabaseId, Optional<OrganizationId>> drafts;
    private volatile boolean closed;

    private WaitingUploads(UploadLimits limits, Shares<UploadOwner> uses, Deletions deletions) {
        this.limits = limits;
        this.uses = uses;
        this.deletions = deletions;
        this.room = new Room(limits.totalBytes(), limits.ownerBytes(), UPLOADS_MAX, PER_OWNER_MAX);
        this.clock = Thread.ofVirtual().name("uploads-clock").start(this::look);
    }

    /// @param uses where a dump that was used has a place, which it gives back when it is deleted
    /// @param deletions what files go through, so that those that cannot be deleted are tried again
    static WaitingUploads open(UploadLimits limits, Shares<UploadOwner> uses, Deletions deletions) {
        return new WaitingUploads(limits, uses, deletions);
    }

    /// See [Uploads#keepOnlyFor].
    void keepOnlyFor(Function<DatabaseId, Optional<OrganizationId>> waiting) {
        drafts = waiting;
    }

    /// Where bytes are taken for an upload that entered.
    Room room() {
        return room;
    }

    /// Takes a place for an upload, until [#delete].
    ///
    /// @throws DatabaseException OVERLOADED; UNAVAILABLE after [#close]
    void enter(UploadOwner payer) {
        if (closed) {
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping");
        }
        room.enter(payer);
    }

    /// From now on others find it.
    void add(UploadId id, Upload entered) {
        uploads.put(id, entered);
    }

    @Nullable
    Upload find(UploadId id) {
        return uploads.get(id);
    }

    /// Whose share the file of a database counts in: an organization may have any number of databases that wait for
    /// one.
    UploadOwner payer(DatabaseId database) {
        Function<DatabaseId, Optional<OrganizationId>> waiting = drafts;
        Optional<OrganizationId> organization = waiting == null ? Optional.empty() : waiting.apply(database);
        return organization
                .<UploadOwner>map(UploadOwner.OfOrganization::new)
                .orElseGet(() -> new UploadOwner.OfDatabase(database));
    }

    /// The end, as [System#nanoTime], of what is used now for the last time.
    long end() {
        return System.nanoTime() + limits.kept().toNanos();
    }

    /// Deletes the upload and what was made of it; one that is not here is no mistake.
    void discard(UploadId id) {
        Upload upload = uploads.remove(id);
        if (upload != null && upload.giveUp()) {
            delete(upload);
        }
    }

    /// Those of one owner.
    void discardOf(UploadOwner owner) {
        where(upload -> upload.owner().equals(owner)).forEach(this::discard);
    }

    /// Deletes what waits for too long.
    ///
    /// @param now of [System#nanoTime]
    void deleteOld(long now) {
        for (UploadId id : where(upload -> upload.isOver(now))) {
            LOG.info("an upload that nobody used is deleted");
            discard(id);
        }
    }

    /// Deletes the files of databases that do not wait for one.
    void deleteUnwanted() {
        for (UploadId id : where(upload ->
                upload.owner() instanceof UploadOwner.OfDatabase(DatabaseId database) && !isWanted(database))) {
            LOG.info("an upload whose database does not wait for it is deleted");
            discard(id);
        }
    }

    /// Tries again what could not be deleted.
    ///
    /// @param now of [System#nanoTime]
    void deleteLeft(long now) {
        deletions.look(now);
    }

    private boolean isWanted(DatabaseId database) {
        try {
            Function<DatabaseId, Optional<OrganizationId>> waiting = drafts;
            return waiting == null || waiting.apply(database).isPresent();
        } catch (DatabaseException e) {
            LOG.debug("whether database {} waits for its upload cannot be told now", database, e);
            return true;
        }
    }

    private List<UploadId> where(Predicate<Upload> condition) {
        return uploads.entrySet().stream()
                .filter(upload -> condition.test(upload.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void look() {
        try {
            while (!closed) {
                Thread.sleep(LOOK_EVERY);
                deleteUnwanted();
                deleteOld(System.nanoTime());
                deleteLeft(System.nanoTime());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /// Deletes its files and gives back what it took. For whoever is told to by [Upload], or has entered one and not
    /// added it.
    void delete(Upload upload) {
        deletions.run("an upload, " + upload.database() + ",", () -> {
            if (upload instanceof DumpUpload dump) {
                Files.deleteIfExists(dump.text());
            }
            Files.deleteIfExists(upload.database());
        });
        room.leave(upload.payer(), upload.bytes());
        if (upload instanceof DumpUpload dump && dump.wasUsed()) {
            uses.release(dump.payer());
        }
    }

    boolean isOpen() {
        return !closed;
    }

    /// Nothing enters any more, and what is here is deleted.
    @Override
    public void close() {
        closed = true;
        clock.interrupt();
        uploads.keySet().forEach(this::discard);
    }
}
