package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.nio.file.Path;

/// Says of a failed disk operation what was attempted on which file.
final class IoFailure {

    private IoFailure() {}

    static DatabaseException of(String attempt, Path path, IOException cause) {
        return new DatabaseException(
                Outcomes.isDiskFull(cause) ? Code.DISK_FULL : Code.UNAVAILABLE,
                "cannot " + attempt + " " + path + ": " + cause.getMessage(),
                cause);
    }
}
