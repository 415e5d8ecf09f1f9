package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;

/// What became of a transaction at the commit barrier.
public sealed interface CommitReport {

    /// The barrier was not reached: no page was changed. The transaction may have ended all the same.
    record NoChange() implements CommitReport {
        static final NoChange NO_CHANGE = new NoChange();
    }

    /// Durable on a quorum, and visible here from now on.
    record Published(FrameNo frame, LogIndex index) implements CommitReport {}

    /// SQLite rolled the transaction back with SQLITE_IOERR because of `outcome`, which is not `Committed`.
    /// After `Unknown` the file is fenced: nothing may be run on its connections any more, they have to be
    /// closed, and the client is told OUTCOME_UNKNOWN.
    record Failed(AppendOutcome outcome) implements CommitReport {}
}
