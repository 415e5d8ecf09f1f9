package io.skerry.catalog.upload;

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

/// Makes the database file of an upload, or looks whether it is one.
final class Content {

    /// To end once its time is over.
    private static final Duration MARGIN = Duration.ofSeconds(5);

    private final UploadLimits limits;
    private final BooleanSupplier open;

    /// @param open false once the node stops
    Content(UploadLimits limits, BooleanSupplier open) {
        this.limits = limits;
        this.open = open;
    }

    /// @return what is wrong with the upload; empty if nothing is
    /// @throws DatabaseException if it is no fault of the upload
    Optional<String> make(Upload upload, Duration limit) {
        BooleanSupplier proceed = () -> open.getAsBoolean() && !upload.isGivenUp();
        return onPlatformThread(
                limit,
                switch (upload) {
                    case DumpUpload dump -> () -> load(dump, limit, proceed);
                    case FileUpload file ->
                        () -> FileCheck.run(
                                file.database(),
                                new FileCheck.Limits(limits.pageSize(), limits.valueBytes(), limit),
                                proceed);
                });
    }

    private Optional<String> load(DumpUpload dump, Duration limit, BooleanSupplier proceed) throws IOException {
        DumpLoader.Limits loading =
                new DumpLoader.Limits(limits.pageSize(), limits.databaseBytes(), limits.valueBytes(), limit);
        try {
            Files.createFile(dump.database(), Uploads.PRIVATE);
            DumpLoader.load(dump.text(), dump.database(), loading, proceed);
            return Optional.empty();
        } catch (DumpException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /// SQLite blocks its thread.
    private static Optional<String> onPlatformThread(Duration limit, Callable<Optional<String>> work) {
        FutureTask<Optional<String>> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name("upload-content").start(task);
        try {
            return task.get(limit.plus(MARGIN).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new DatabaseException(Code.INTERNAL, "the upload could not be read: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new DatabaseException(Code.INTERNAL, "reading the upload does not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping", e);
        }
    }
}
