package io.skerry.raft;

import java.util.regex.Pattern;

/// Names a node in logs and in Raft configurations, for the life of its data directory. A node whose directory
/// was lost comes back under a new id.
public record NodeId(String value) implements Comparable<NodeId> {

    private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public NodeId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "node id '" + value + "' must consist of a-z, 0-9 and '-', at most 63 characters");
        }
    }

    @Override
    public int compareTo(NodeId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
