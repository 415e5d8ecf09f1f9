package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says of a failed disk operation what was attempted on which file. Where that lies only the log says: clients hear
/// the rest.
final class IoFailure {

    private static final Logger LOG = LoggerFactory.getLogger(IoFailure.class);

    private IoFailure() {}

    static DatabaseException of(String attempt, Path path, IOException cause) {
        LOG.warn("cannot {} {}: {}", attempt, path, cause.toString());
        return new DatabaseException(
                Outcomes.isDiskFull(cause) ? Code.DISK_FULL : Code.UNAVAILABLE,
                "cannot " + attempt + " " + path.getFileName() + ": " + reason(cause),
                cause);
    }

    private static String reason(IOException cause) {
        if (!(cause instanceof FileSystemException e)) {
            return String.valueOf(cause.getMessage());
        }
        String reason = e.getReason();
        if (reason != null) {
            return reason;
        }
        return e instanceof NoSuchFileException
                ? "there is no such file"
                : e.getClass().getSimpleName();
    }
}
