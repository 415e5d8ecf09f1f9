package io.skerry.raft;

/// Names a node in logs and in Raft configurations, for the life of its data directory. A node whose directory
/// was lost comes back under a new id.
public record NodeId(String value) implements Comparable<NodeId> {

    private static final int LENGTH_MAX = 63;

    public NodeId {
        if (!isWellFormed(value)) {
            throw new IllegalArgumentException("node id '" + value + "' must consist of a-z, 0-9 and '-', at most "
                    + LENGTH_MAX + " characters, and not begin with '-'");
        }
    }

    // By hand, not with a Pattern: every request asks who leads, and that answer is one of these.
    private static boolean isWellFormed(String value) {
        if (value.isEmpty() || value.length() > LENGTH_MAX || value.charAt(0) == '-') {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
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
