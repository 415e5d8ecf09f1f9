package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.util.function.Consumer;

/// What every group of a node shares.
///
/// @param transactions room for the transactions of several entries that are being appended
/// @param reopen asked to start a group anew, some time soon, after its log was closed or shortened
record NodeContext(
        PeerAddress self,
        RaftSettings settings,
        GroupStores stores,
        PeerTransport transport,
        DiskSpace disk,
        AppendRoom transactions,
        Workers workers,
        Consumer<GroupId> reopen) {}
