package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.storage.CheckpointFile.Content;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether the files of a group and what is left of its log make up all that was acknowledged. They do not if files
/// come from an older backup than the log: what lies between was let go of.
///
/// Thread-safe; but the log is let go of, or the files are replaced, by one thread at a time.
final class Completeness {

    private static final String WAY_OUT =
            ". Stop, and bring files and log of this location back from one backup, of one moment";

    private final GroupFiles group;
    private final CheckpointFile file;
    private volatile Content recorded = Content.NONE;
    /// What is recorded of databases that were found to be older, or not found: it stays recorded.
    private final Map<DatabaseId, FrameNo> lost = new HashMap<>();
    /// Recorded, and not found. A drop that is still to be replayed may be why.
    private final Map<DatabaseId, FrameNo> missing = new HashMap<>();

    Completeness(GroupFiles group) {
        this.group = group;
        file = new CheckpointFile(group.directory(), group.group());
    }

    /// Before the files of the group are looked at.
    ///
    /// @param letGo the log has nothing up to here, or need not have
    /// @throws DatabaseException UNAVAILABLE if all of them are older than that
    synchronized void begin(LogIndex letGo) {
        load();
        if (recorded != Content.NONE && letGo.isAfter(recorded.index())) {
            throw new DatabaseException(
                    Code.UNAVAILABLE,
                    "the files of group " + group.group() + " are older than the log: they are of its entry "
                            + recorded.index() + ", and it was let go of up to " + letGo + WAY_OUT
                            + ", or remove this location from the group and add it again");
        }
    }

    /// The files were replaced by those of a snapshot, which brought their own record.
    synchronized void load() {
        recorded = file.read().orElse(Content.NONE);
        lost.clear();
        missing.clear();
        missing.putAll(recorded.frames());
    }

    /// A database was found.
    ///
    /// @param letGo as in [#begin]
    /// @return what is wrong with it; null if nothing is
    @Nullable
    synchronized String found(Position position, LogIndex letGo) {
        FrameNo known = missing.remove(position.database());
        boolean reachesLog = position.replayFrom().compareTo(letGo) >= 0;
        if (known == null || reachesLog || position.frame().compareTo(known) >= 0) {
            return null;
        }
        lost.put(position.database(), known);
        return "its files are older than the log: they are at frame " + position.frame() + " of log entry "
                + position.replayFrom() + ", and it was at frame " + known
                + " when the log was let go of up to entry " + recorded.index() + WAY_OUT;
    }

    /// A database was found that cannot be used.
    synchronized void unusable(DatabaseId database) {
        FrameNo known = missing.remove(database);
        if (known != null) {
            lost.put(database, known);
        }
    }

    /// Whether the file of a database without a position is to be kept: it may be all there is.
    synchronized boolean isMissing(DatabaseId database) {
        return missing.containsKey(database);
    }

    /// @return whether its position was missing
    synchronized boolean dropped(DatabaseId database) {
        lost.remove(database);
        return missing.remove(database) != null;
    }

    /// The databases that no entry of the log has dropped, and that are not there.
    synchronized Collection<DatabaseId> endReplay() {
        Collection<DatabaseId> gone = Map.copyOf(missing).keySet();
        lost.putAll(missing);
        missing.clear();
        return gone;
    }

    static String missingText() {
        return "its position file is missing" + WAY_OUT;
    }

    /// The log is about to be let go of.
    ///
    /// @param upTo entries up to here
    ///
    /// @throws DatabaseException DISK_FULL or UNAVAILABLE: then it must not be
    void letGo(LogIndex upTo, Collection<StoredDatabase> databases) {
        if (!upTo.isAfter(recorded.index())) {
            return;
        }
        Map<DatabaseId, FrameNo> frames = new HashMap<>();
        for (StoredDatabase database : databases) {
            FrameNo frame = database.fileFrame();
            if (frame.value() > 0) {
                frames.put(database.id(), frame);
            }
        }
        synchronized (this) {
            frames.putAll(missing);
            frames.putAll(lost);
        }
        Content next = new Content(upTo, frames);
        file.write(next);
        recorded = next;
    }
}
