package io.skerry.catalog.upload;

import io.skerry.raft.NodeId;
import java.util.Optional;

/// An upload, and the node that has it. As text: `<node>.<upload>`.
public record UploadPlace(NodeId node, UploadId upload) {

    private static final int ID_LENGTH = 36;

    /// @return empty if it is none
    public static Optional<UploadPlace> parse(String text) {
        int dot = text.length() - ID_LENGTH - 1;
        if (dot < 1 || text.charAt(dot) != '.') {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new UploadPlace(new NodeId(text.substring(0, dot)), UploadId.parse(text.substring(dot + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return node + "." + upload;
    }
}
