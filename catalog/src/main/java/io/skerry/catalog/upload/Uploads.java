package io.skerry.catalog.upload;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.DatabaseImage;
import io.skerry.engine.Shares;
import io.skerry.engine.file.Deletions;
import io.skerry.raft.NodeId;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What was uploaded to this node and waits to become the content of a database: files that nobody else
/// may read, in a directory that is emptied at each start. An upload is deleted after its use, or when
/// its time is over.
///
///     ID.sql   a dump as it was uploaded
///     ID.db    the database file that is made of it while it is used, or that was uploaded itself
///
/// Thread-safe.
public final class Uploads implements AutoCloseable {

    /// Of a file; a client sends one again if its connection broke, so it is not large.
    public static final int CHUNK_BYTES = 4 << 20;

    /// Of which databases are made, or that are checked, at once.
    public static final int USED_MAX = 8;

    /// At once, where nothing is short: each has a file open.
    public static final int RECEIVED_MAX = 64;

    private static final int BUFFER = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    private final NodeId self;
    private final Path directory;
    private final UploadLimits limits;
    private final int chunkBytes;
    private final Disk disk;
    private final Shares<UploadOwner> uses;
    private final WaitingUploads waiting;
    private final Content content;
    private final Receiving receiving;

    private Uploads(NodeId self, Path directory, UploadLimits limits, int chunkBytes, Deletions deletions) {
        this.self = self;
        this.directory = directory;
        this.limits = limits;
        this.chunkBytes = chunkBytes;
        this.disk = new Disk(directory.toFile()::getUsableSpace, limits.reserveBytes());
        this.uses = new Shares<>(USED_MAX, limits.usedPerOwner());
        this.waiting = WaitingUploads.open(limits, uses, deletions);
        this.content = new Content(limits, disk, waiting::isOpen);
        this.receiving = new Receiving(limits.received(), limits.receiveWait());
    }

    /// @param self the node that this is
    /// @param directory of these files alone
    public static Uploads open(NodeId self, Path directory, UploadLimits limits) throws IOException {
        return open(self, directory, limits, CHUNK_BYTES);
    }

    static Uploads open(NodeId self, Path directory, UploadLimits limits, int chunkBytes) throws IOException {
        Deletions deletions = new Deletions();
        UploadDirectory.prepare(directory, deletions);
        return new Uploads(self, directory, limits, chunkBytes, deletions);
    }

    /// From now on what was uploaded for any other database is deleted: it was given up with the database, or is no
    /// more than the rest of what has become its content.
    ///
    /// @param waiting answers whose a database is that waits for an upload; empty for any other
    public void keepOnlyFor(Function<DatabaseId, Optional<OrganizationId>> waiting) {
        this.waiting.keepOnlyFor(waiting);
    }

    /// Writes an upload, or a part of one, into the stream that it is given.
    @FunctionalInterface
    public interface Feed {
        void to(OutputStream out) throws IOException;
    }

    /// Takes a dump in; if that fails nothing is left of it.
    ///
    /// @throws UploadTooLargeException if it has more bytes than a dump may have
    /// @throws TooManyUploadsException if as many are being received as may be; nothing was read of this one
    /// @throws IOException what `feed` threw
    /// @throws DatabaseException OVERLOADED if there is no room for it among the others; DISK_FULL
    public UploadPlace put(OrganizationId organization, Feed feed) throws IOException {
        return put(organization, 0, feed);
    }

    /// As above.
    ///
    /// @param announced bytes that will come, as far as that is known: no more than come are asked for
    public UploadPlace put(OrganizationId organization, long announced, Feed feed) throws IOException {
        waiting.deleteUnwanted();
        disk.require(announced, "the dump");
        UploadOwner owner = new UploadOwner.OfOrganization(organization);
        try (Receiving.Place _ = receiving.enter(owner)) {
            return put(owner, feed);
        }
    }

    private UploadPlace put(UploadOwner owner, Feed feed) throws IOException {
        waiting.enter(owner);
        UploadId id = UploadId.random();
        DumpUpload dump = new DumpUpload(owner, directory.resolve(id + ".sql"), database(id), waiting.end());
        boolean whole = false;
        try {
            try (OutputStream out = new DumpOutput(dump, limits.bytes(), waiting.room(), disk)) {
                feed.to(out);
            }
            whole = true;
        } finally {
            if (!whole) {
                waiting.delete(dump);
            }
        }
        dump.keepUntil(waiting.end());
        waiting.add(id, dump);
        LOG.info("a dump of {} bytes was uploaded", dump.bytes());
        return new UploadPlace(self, id);
    }

    /// Begins to take in a database file. What was begun for the same database here before is given up:
    /// a client that starts anew does not know of it any more.
    ///
    /// @param bytes of the file
    /// @throws UploadTooLargeException if it has more bytes than a file may have
    /// @throws CatalogException INVALID if it has none
    /// @throws DatabaseException OVERLOADED if there is no room for it among the others; DISK_FULL
    public UploadPlace start(DatabaseId database, long bytes) throws UploadTooLargeException {
        if (bytes <= 0) {
            throw new CatalogException(CatalogException.Reason.INVALID, "a database file has more than 0 bytes");
        }
        if (bytes > limits.bytes()) {
            throw new UploadTooLargeException("the file", limits.bytes());
        }
        UploadOwner owner = new UploadOwner.OfDatabase(database);
        waiting.discardOf(owner);
        waiting.deleteUnwanted();
        UploadOwner payer = waiting.payer(database);
        waiting.room().require(payer, bytes);
        disk.require(bytes, "the file");
        waiting.enter(payer);
        UploadId id = UploadId.random();
        FileUpload file = new FileUpload(owner, payer, database(id), waiting.end(), bytes, chunkBytes);
        try {
            Files.createFile(file.database(), UploadDirectory.PRIVATE);
        } catch (IOException e) {
            waiting.delete(file);
            throw DumpOutput.failed(e);
        }
        waiting.add(id, file);
        return new UploadPlace(self, id);
    }

    /// Into how many chunks a file is divided.
    ///
    /// @throws CatalogException NOT_FOUND if there is no such upload for the database
    int chunks(UploadId id, DatabaseId database) {
        return file(id, database).chunks();
    }

    /// The bytes of a chunk.
    ///
    /// @throws CatalogException NOT_FOUND if there is no such upload for the database
    int chunkLength(UploadId id, DatabaseId database, int chunk) {
        return file(id, database).length(chunk);
    }

    /// Takes a chunk of a file in. It may have come before, in whole or in part: the last one counts.
    ///
    /// @param chunk from 0
    /// @throws CatalogException NOT_FOUND if there is no such upload for the database; INVALID if
    ///     the chunk does not fit, or all of the file was taken already
    /// @throws TooManyUploadsException if as many are being received as may be; nothing was read of this one
    /// @throws IOException what `feed` threw
    /// @throws DatabaseException OVERLOADED if there is no room for it among the others; DISK_FULL
    public void receive(UploadId id, DatabaseId database, int chunk, Feed feed) throws IOException {
        FileUpload file = file(id, database);
        try (Receiving.Place _ = receiving.enter(file.payer())) {
            receive(file, chunk, feed);
        }
    }

    /// Takes all chunks of a file in, one after the other.
    ///
    /// @throws EOFException if `in` ends before the file does; otherwise as [#receive]
    public void receiveAll(UploadId id, DatabaseId database, InputStream in) throws IOException {
        FileUpload file = file(id, database);
        try (Receiving.Place _ = receiving.enter(file.payer())) {
            for (int chunk = 0; chunk < file.chunks(); chunk++) {
                int length = file.length(chunk);
                receive(file, chunk, out -> copy(in, length, out));
            }
        }
    }

    private static void copy(InputStream in, int length, OutputStream out) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException("the body is shorter than it says");
            }
            out.write(buffer, 0, read);
            left -= read;
        }
    }

    private void receive(FileUpload file, int chunk, Feed feed) throws IOException {
        disk.require(file.isChunk(chunk) ? file.length(chunk) : 0, "a chunk of the file");
        open(file, chunk);
        try (ChunkOutput out = new ChunkOutput(file, chunk)) {
            feed.to(out);
            out.requireWhole();
        }
        file.close(chunk, waiting.end());
    }

    private void open(FileUpload file, int chunk) {
        try {
            file.open(chunk, waiting.room());
        } catch (DatabaseException full) {
            waiting.deleteUnwanted();
            file.open(chunk, waiting.room());
        }
    }

    private FileUpload file(UploadId id, DatabaseId database) {
        if (waiting.find(id) instanceof FileUpload file && file.owner().equals(new UploadOwner.OfDatabase(database))) {
            return file;
        }
        throw FileUpload.absent();
    }

    /// Makes a database file of a dump, or looks whether an uploaded file may be served, for
    /// [#writeImage]. An upload that is at fault is deleted; a dump also if something else fails.
    ///
    /// @param use whose it is from now on
    /// @param limit without progress
    /// @param told how far it is
    /// @return what is wrong with the upload; empty if nothing is
    /// @throws CatalogException NOT_FOUND if there is no such upload of the owner's
    /// @throws DatabaseException if it is no fault of the upload; OVERLOADED while somebody else is at it;
    ///     UNAVAILABLE if that use of a dump was ended already
    public Optional<String> build(UploadId id, UploadUse use, Duration limit, Progress told) {
        Upload upload = waiting.find(id);
        if (upload == null || !upload.owner().equals(use.owner())) {
            throw new CatalogException(
                    CatalogException.Reason.NOT_FOUND,
                    "there is no such upload (any more): it is deleted after its use, after "
                            + limits.kept().toMinutes() + " minutes, and when its node starts");
        }
        if (upload instanceof FileUpload file && file.missing().isPresent()) {
            return file.missing();
        }
        switch (uses.tryAcquire(upload.payer())) {
            case PERMIT -> {}
            case SHARE_TAKEN ->
                throw new DatabaseException(
                        Code.OVERLOADED,
                        "this node makes databases of " + limits.usedPerOwner()
                                + " uploads of this organization already; try again");
            case ALL_TAKEN ->
                throw new DatabaseException(
                        Code.OVERLOADED, "this node makes databases of " + USED_MAX + " uploads already; try again");
        }
        switch (upload.begin(use.database())) {
            case BEGUN -> {}
            case AT_WORK -> {
                uses.release(upload.payer());
                // Whoever asked for it may be gone, which is noticed here only after seconds.
                throw new DatabaseException(Code.OVERLOADED, "the upload is being used at this moment; try again");
            }
            case USED -> {
                uses.release(upload.payer());
                return Optional.of("the upload is being used already");
            }
            case ENDED -> {
                uses.release(upload.payer());
                throw new DatabaseException(
                        Code.UNAVAILABLE, "whoever was to use the upload ended that before it began");
            }
        }
        switch (upload) {
            case DumpUpload dump -> {
                dump.use();
                return build(id, upload, limit, told);
            }
            case FileUpload file -> {
                try {
                    return build(id, upload, limit, told);
                } finally {
                    uses.release(upload.payer());
                }
            }
        }
    }

    private Optional<String> build(UploadId id, Upload upload, Duration limit, Progress told) {
        boolean built = false;
        boolean keep = !upload.isUsedOnce();
        try {
            Optional<String> wrong = content.make(upload, limit, told);
            built = wrong.isEmpty();
            if (built && upload instanceof DumpUpload dump) {
                // Its database is all that is needed of it, and may be as large.
                Files.deleteIfExists(dump.text());
            }
            keep = built;
            return wrong;
        } catch (IOException e) {
            throw DumpOutput.failed(e);
        } finally {
            if (!keep) {
                waiting.discard(id);
            }
            if (upload.end(built, waiting.end())) {
                waiting.delete(upload);
            }
        }
    }

    /// The pages of the database file, as [io.skerry.engine.Database#load] takes them.
    ///
    /// @throws DatabaseException NO_SUCH_DATABASE unless [#build] was here
    public void writeImage(UploadId id, OutputStream out) {
        Upload upload = waiting.find(id);
        if (upload == null || !upload.isReady()) {
            throw new DatabaseException(Code.NO_SUCH_DATABASE, "no database was made of upload " + id + " here");
        }
        try {
            DatabaseImage.write(upload.database(), new KeptOutput(out, () -> upload.keepUntil(waiting.end())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Refuses what would not fit on the disk of this node's files.
    ///
    /// @param bytes of a database that is to be made here
    /// @throws DatabaseException DISK_FULL
    public void requireDisk(long bytes) {
        disk.require(bytes, "the database");
    }

    /// Deletes the upload and what was made of it; one that is not here is no mistake.
    public void discard(UploadId id) {
        waiting.discard(id);
    }

    /// As above, if it is used for that or was used for that last: who was refused takes nothing from who was not. A
    /// dump is not used for that any more if the order to do so is still on its way: nobody would hear that it was
    /// carried out, and the dump would take its place until its time is over.
    public void discard(UploadId id, UploadUse use) {
        Upload upload = waiting.find(id);
        if (upload != null && upload.owner().equals(use.owner()) && upload.endUse(use.database())) {
            waiting.discard(id);
        }
    }

    void deleteOld(long now) {
        waiting.deleteOld(now);
    }

    /// Tries again what could not be deleted.
    void deleteLeft(long now) {
        waiting.deleteLeft(now);
    }

    private Path database(UploadId id) {
        return directory.resolve(id + ".db");
    }

    @Override
    public void close() {
        waiting.close();
    }
}
