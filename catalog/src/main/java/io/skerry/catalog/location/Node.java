package io.skerry.catalog.location;

import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.net.URI;

/// A running process (in `dev`, one of several in a process) and where it is reached.
///
/// @param http base URL of its client port, without trailing slash
public record Node(NodeId id, LocationCode location, URI http, PeerAddress address) {}
