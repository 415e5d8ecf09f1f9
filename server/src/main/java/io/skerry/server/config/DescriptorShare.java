package io.skerry.server.config;

import io.skerry.catalog.upload.Uploads;

/// What one node may have of the file descriptors of its process, beside what its settings say.
///
/// @param databases descriptors of its databases
/// @param nodeConnections connections that other nodes have to its port for nodes
/// @param handedOn pipelines that it hands on to other nodes at once; and so many calls of the Platform API
/// @param uploads that it receives at once
public record DescriptorShare(int databases, int nodeConnections, int handedOn, int uploads) {

    /// Where nothing is short.
    public static final DescriptorShare AMPLE = new DescriptorShare(Integer.MAX_VALUE, 256, 256, Uploads.RECEIVED_MAX);
}
