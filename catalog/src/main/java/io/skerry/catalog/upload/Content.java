package io.skerry.catalog.upload;

import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.progress.ProgressLog;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.dump.DumpException;
import io.skerry.engine.dump.DumpLoader;
import io.skerry.engine.file.FileCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the database file of an upload, or looks whether it is one.
final class Content {

    private static final Logger LOG = LoggerFactory.getLogger(Content.class);

    /// To end once its time is over.
    private static final Duration MARGIN = Duration.ofSeconds(5);

    /// SQLite does not tell how far a check is, so it has a time for each byte: below what any disk does.
    private static final long CHECKED_BYTES_PER_SECOND_LEAST = 1 << 20;

    private final UploadLimits limits;
    private final Disk disk;
    private final BooleanSupplier open;

    /// @param open false once the node stops
    Content(UploadLimits limits, Disk disk, BooleanSupplier open) {
        this.limits = limits;
        this.disk = disk;
        this.open = open;
    }

    /// @param limit without progress
    /// @param told how far it is
    /// @return what is wrong with the upload; empty if nothing is
    /// @throws DatabaseException if it is no fault of the upload
    Optional<String> make(Upload upload, Duration limit, Progress told) {
        Pulse pulse = new Pulse(disk, () -> open.getAsBoolean() && !upload.isGivenUp());
        try {
            return onPlatformThread(
                    limit,
                    pulse,
                    switch (upload) {
                        case DumpUpload dump -> () -> load(dump, limit, pulse, told);
                        case FileUpload file -> () -> check(file, limit, pulse, told);
                    });
        } finally {
            pulse.stop();
        }
    }

    private Optional<String> load(DumpUpload dump, Duration limit, Pulse pulse, Progress told) throws IOException {
        DumpLoader.Limits loading =
                new DumpLoader.Limits(limits.pageSize(), limits.databaseBytes(), limits.valueBytes(), limit);
        ProgressLog progress =
                new ProgressLog("a database is made of a dump", dump.bytes(), ProgressLog.EVERY, LOG::info, told);
        try {
            Files.createFile(dump.database(), UploadDirectory.PRIVATE);
            DumpLoader.load(dump.text(), dump.database(), loading, bytes -> {
                progress.at(bytes);
                return pulse.beat();
            });
            progress.end();
            return Optional.empty();
        } catch (DumpException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (DatabaseException e) {
            throw pulse.diskWasLow()
                    ? new DatabaseException(
                            Code.DISK_FULL, "the disk of this node has no room for the database of the dump", e)
                    : e;
        }
    }

    private Optional<String> check(FileUpload file, Duration limit, Pulse pulse, Progress told) throws IOException {
        long bytes = file.bytes();
        Duration time = limit.plusSeconds(bytes / CHECKED_BYTES_PER_SECOND_LEAST);
        ProgressLog progress =
                new ProgressLog("a file of " + bytes + " bytes is checked", 0, ProgressLog.EVERY, LOG::info, told);
        Optional<String> fault = FileCheck.run(
                file.database(), new FileCheck.Limits(limits.pageSize(), limits.valueBytes(), time), () -> {
                    progress.tick();
                    return pulse.beat();
                });
        progress.end();
        return fault;
    }

    /// SQLite blocks its thread.
    private static Optional<String> onPlatformThread(Duration limit, Pulse pulse, Callable<Optional<String>> work) {
        FutureTask<Optional<String>> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("upload-content").start(task);
        try {
            while (true) {
                long beats = pulse.beats();
                try {
                    return task.get(limit.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (pulse.beats() == beats) {
                        throw new DatabaseException(Code.INTERNAL, "reading the upload does not go on", e);
                    }
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new DatabaseException(Code.INTERNAL, "the upload could not be read: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "nobody waits for the upload any more", e);
        }
    }
}
