package io.skerry.server.config;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.peer.PeerSecret;
import io.skerry.server.tls.NodeTls;
import java.nio.file.Path;
import java.util.Optional;

/// What makes one node: where it stands, where its files are, where it listens.
///
/// @param directory its own directory; no other node's files are in it
/// @param host address that all its ports are bound to
/// @param port of HTTP
/// @param secret that the nodes of its cluster share
/// @param tls of the port for clients; empty for plain HTTP
/// @param settings limits and the rest, shared by the nodes of a process
/// @param descriptors its share of those of the process
public record NodeConfig(
        LocationCode location,
        Path directory,
        String host,
        int port,
        PeerSecret secret,
        Optional<NodeTls> tls,
        Configuration settings,
        DescriptorShare descriptors) {

    public NodeConfig {
        if (port < 1 || port > 65_535) {
            throw new ConfigException("port " + port + " must be from 1 to 65535");
        }
    }

    /// Of the URLs of its port for clients.
    public String scheme() {
        return tls.isPresent() ? "https" : "http";
    }
}
