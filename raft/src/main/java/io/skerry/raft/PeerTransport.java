package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// What nodes ask of each other beside Ratis. Implemented by the `server` module over HTTP.
public interface PeerTransport {

    /// Opens the stream that the node at `source` produces with [RaftNode#writeSnapshot]. Whoever gets it
    /// closes it. It is buffered; reads time out when nothing arrives for some seconds.
    InputStream snapshot(PeerAddress source, GroupId group) throws IOException;

    /// Has the node at `peer` remove the group, log and databases, with [RaftNode#delete]; nothing happens
    /// if it has nothing of it. Ratis' own order for that must not be sent: it leaves files behind that no
    /// later order finds, if the group is being started or its start has failed.
    ///
    /// @throws IOException if it does not answer in time, or could not
    void delete(PeerAddress peer, GroupId group, Duration limit) throws IOException;
}
