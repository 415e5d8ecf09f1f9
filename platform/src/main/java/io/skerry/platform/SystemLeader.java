package io.skerry.platform;

import java.net.URI;
import java.util.Optional;

/// Who takes changes of the catalog at the moment. Implemented by the `server` module. Thread-safe, answers at
/// once.
public interface SystemLeader {

    /// Whether this node leads the system group and may write.
    boolean here();

    /// Base URL of the node that leads, without trailing slash; empty if unknown or if it is this one.
    Optional<URI> elsewhere();
}
