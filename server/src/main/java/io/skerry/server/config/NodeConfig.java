package io.skerry.server.config;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.peer.PeerSecret;
import java.nio.file.Path;

/// What makes one node: where it stands, where its files are, where it listens.
///
/// @param directory its own directory; no other node's files are in it
/// @param host address that all its ports are bound to
/// @param port of HTTP
/// @param secret that the nodes of its cluster share
/// @param settings limits and the rest, shared by the nodes of a process
public record NodeConfig(
        LocationCode location, Path directory, String host, int port, PeerSecret secret, Configuration settings) {

    public NodeConfig {
        if (port < 1 || port > 65_535) {
            throw new ConfigException("port " + port + " must be from 1 to 65535");
        }
    }
}
