package io.skerry.engine.storage;

import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import java.nio.file.Path;

/// Writes entries into the file of a database that SQLite does not have open. Never while it has: closing our
/// descriptor would drop the locks of the process. One thread.
public final class RawReplay implements AutoCloseable {

    /// Opens (or creates, if the position says that nothing was ever written) the file.
    ///
    /// @param position of the file; entries up to its `replayFrom` are in it
    public static RawReplay open(Path file, Position position) {
        throw new UnsupportedOperationException();
    }

    /// Applies one entry; entries come in log order, and one at or before `replayFrom` changes nothing.
    ///
    /// @throws io.skerry.engine.DatabaseException LOG_DAMAGED if a page does not come out as it was written
    ///     (known only after `consistentAt`) or an entry is missing; UNAVAILABLE, DISK_FULL on I/O errors
    public void apply(LogIndex index, LogEntry.Pages entry) {
        throw new UnsupportedOperationException();
    }

    /// Position as of the last complete transaction, true on disk once [#close] returned.
    public Position position() {
        throw new UnsupportedOperationException();
    }

    /// The database's frame number as of the last complete transaction.
    public FrameNo frame() {
        throw new UnsupportedOperationException();
    }

    /// Makes everything durable and closes the file.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
