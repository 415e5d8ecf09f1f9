package io.skerry.raft;

/// How far one member of a group is, as its leader sees it (a member that is not the leader knows of itself
/// only).
///
/// @param up heard of within the last few heartbeats; false for one that is joining
/// @param serving has everything that was committed when it was added, so that it can answer reads
/// @param bytesCopied of the snapshot it is fetching or fetched last; 0 if none
/// @param bytesTotal of that snapshot
/// @param lagEntries committed entries that it has not applied
/// @param lagMillis age of the oldest committed entry that it has not applied; 0 if none
public record MemberState(
        NodeId node,
        Role role,
        boolean up,
        boolean serving,
        long bytesCopied,
        long bytesTotal,
        long lagEntries,
        long lagMillis) {

    public enum Role {
        LEADER,
        VOTER,
        LISTENER,
        /// It is being made a listener: nothing counts on it yet.
        JOINING
    }
}
