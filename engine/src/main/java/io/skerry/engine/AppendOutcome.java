package io.skerry.engine;

/// What became of an entry that was offered to a [CommitLog].
public sealed interface AppendOutcome {

    /// The entry is durable on a quorum, at `index`, and will be part of every future state.
    record Committed(LogIndex index) implements AppendOutcome {}

    /// The entry is certainly not in the log and never will be: the caller may roll back and try again.
    record Refused(Reason reason, String message) implements AppendOutcome {}

    /// Nobody here knows. The entry may still arrive through the log; whoever holds state that depends on it
    /// must be rebuilt from the log before it is used again.
    record Unknown(String message) implements AppendOutcome {}

    enum Reason {
        /// Another node leads the group, or none does at the moment.
        NOT_LEADER,
        /// The bounded queue in front of the log is full.
        OVERLOADED,
        /// The transaction is larger than the configured limit.
        TOO_LARGE,
        /// The log's disk is (nearly) full; appends resume when there is space.
        DISK_FULL,
        /// The group is stopped: its log is damaged or closed.
        STOPPED
    }
}
