package io.skerry.hrana.stream;

/// The continuation of a stream on another node.
public interface RemoteStream {

    /// Lets go of it without waiting; an open transaction there is rolled back. Idempotent, from any thread.
    void abandon();
}
