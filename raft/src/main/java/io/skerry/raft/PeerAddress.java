package io.skerry.raft;

/// Where other nodes reach a node: `raft` is host:port of its consensus port, `transfer` host:port of the port
/// that snapshots are fetched from.
public record PeerAddress(NodeId node, String raft, String transfer) {}
