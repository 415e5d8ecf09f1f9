package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.LogIndex;
import org.jspecify.annotations.Nullable;

/// Decides whether a commit may go to the log, and whether its outcome counts: what the barrier asks of the
/// database as a whole. Both calls are short, and atomic with respect to entries that arrive through the log.
interface CommitGate {

    /// A transaction of the writer as it will look once it is committed.
    ///
    /// @param frame the database's frame number after it
    record Commit(long frame, boolean epochStart) {}

    /// A commit wants to enter. If it may, no entry that arrives through the log is applied until [#leave],
    /// and the log is kept from `applied` on.
    Entrance enter();

    /// @param applied an index below that of any entry that will be appended from now on
    /// @param frame the database's frame number
    /// @param refusal why not; null if the commit may go on
    record Entrance(LogIndex applied, long frame, AppendOutcome.@Nullable Refused refusal) {}

    /// The log answered `outcome`.
    ///
    /// @return the outcome that counts: `Unknown` instead of `Committed` if the log brought another entry of
    ///     this database meanwhile, since the transaction was not made on top of it
    AppendOutcome leave(Entrance entrance, Commit commit, AppendOutcome outcome);

    /// The state of the file can no longer be relied on.
    void distrust(String reason);
}
