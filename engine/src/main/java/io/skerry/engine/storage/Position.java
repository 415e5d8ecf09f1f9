package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;

/// Where the file of a database stands in its log.
///
/// @param group the group whose log the indexes belong to
/// @param pageSize of the file in bytes: a power of two from 512 to 65536
/// @param replayFrom the file contains at least everything up to here; the entries after it bring it up to
///     date
/// @param consistentAt the file may contain parts of states up to here: nobody may open it before the replay
///     got that far. Not before `replayFrom`
/// @param frame the database's frame number as of `replayFrom`
/// @param epochStart index of the newest entry up to `replayFrom` that began an epoch;
///     [LogIndex#BEFORE_FIRST] if none did
public record Position(
        GroupId group,
        DatabaseId database,
        int pageSize,
        LogIndex replayFrom,
        LogIndex consistentAt,
        FrameNo frame,
        LogIndex epochStart) {

    public Position {
        if (Integer.bitCount(pageSize) != 1 || pageSize < 512 || pageSize > 65536) {
            throw new IllegalArgumentException("page size " + pageSize + " is not a power of two from 512 to 65536");
        }
        if (replayFrom.isAfter(consistentAt)) {
            throw new IllegalArgumentException("replayFrom " + replayFrom + " is after consistentAt " + consistentAt);
        }
        if (epochStart.isAfter(replayFrom)) {
            throw new IllegalArgumentException("epoch start " + epochStart + " is after replayFrom " + replayFrom);
        }
    }
}
