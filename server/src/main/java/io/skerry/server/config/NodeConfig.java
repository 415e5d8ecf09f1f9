package io.skerry.server.config;

import java.nio.file.Path;

/// What makes one node: where it stands, where its files are, where it listens.
///
/// @param location code of its location, such as `fra`
/// @param directory its own directory; no other node's files are in it
/// @param host address that all its ports are bound to
/// @param port of HTTP, 0 for any free one
/// @param settings limits and the rest, shared by the nodes of a process
public record NodeConfig(String location, Path directory, String host, int port, Configuration settings) {

    public NodeConfig {
        if (!location.matches("[a-z]{3,8}")) {
            throw new ConfigException("location '" + location + "' must be a code of 3 to 8 letters a-z, such as fra");
        }
        if (port < 0 || port > 65_535) {
            throw new ConfigException("port " + port + " must be from 0 to 65535");
        }
    }
}
