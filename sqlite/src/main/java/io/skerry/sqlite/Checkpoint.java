package io.skerry.sqlite;

/// What a checkpoint did.
///
/// @param busy a reader or writer kept it from finishing
/// @param logFrames frames in the WAL
/// @param checkpointedFrames those of them that are in the database file now
public record Checkpoint(boolean busy, int logFrames, int checkpointedFrames) {

    /// Whether the database file holds everything. Neither `busy` nor a result code says so: a PASSIVE
    /// checkpoint beside an old reader succeeds and leaves frames behind.
    public boolean isComplete() {
        return !busy && logFrames == checkpointedFrames;
    }
}
