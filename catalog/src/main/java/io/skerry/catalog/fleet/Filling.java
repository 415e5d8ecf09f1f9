package io.skerry.catalog.fleet;

import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a database comes to exist on the primary of its group before the catalog says so.
final class Filling {

    private static final Logger LOG = LoggerFactory.getLogger(Filling.class);

    private Filling() {}

    /// Creates the database, fills it, and enters it in the catalog; what fails leaves nothing.
    static DatabaseInfo make(NodeClient primary, DatabaseInfo database, Runnable fill, Supplier<DatabaseInfo> enter) {
        primary.createDatabase(database.group(), database.id());
        try {
            fill.run();
        } catch (RuntimeException e) {
            drop(primary, database, e);
            throw e;
        }
        try {
            return enter.get();
        } catch (RuntimeException e) {
            if (!(e instanceof DatabaseException refused && refused.code() == Code.OUTCOME_UNKNOWN)) {
                drop(primary, database, e);
            } // else the catalog may name it: the reconciler will see
            throw e;
        }
    }

    /// Through the log of the new database's group, so that all its locations get it.
    static void fill(NodeClient primary, DatabaseInfo database, CopySource source, Duration limit, Progress progress) {
        long begun = System.nanoTime();
        LOG.info("database {} is filled from {}", database.id(), source);
        primary.fillDatabase(database.group(), database.id(), source, limit, progress);
        LOG.info("database {} was filled in {} ms", database.id(), (System.nanoTime() - begun) / 1_000_000);
    }

    /// If it cannot be told, the upload's time ends by itself.
    static void discard(NodeClient holder, UploadId upload, UploadUse use) {
        try {
            holder.discardUpload(upload, use);
        } catch (RuntimeException e) {
            LOG.warn("an upload could not be deleted after its use", e);
        }
    }

    /// @param end of [System#nanoTime]
    static Duration left(long end) {
        return Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
    }

    private static void drop(NodeClient primary, DatabaseInfo database, RuntimeException cause) {
        try {
            primary.dropDatabase(database.group(), database.id());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
