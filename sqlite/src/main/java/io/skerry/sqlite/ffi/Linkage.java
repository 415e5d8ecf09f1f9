package io.skerry.sqlite.ffi;

/// How the JVM leaves Java for a call.
enum Linkage {
    /// With the change of thread state that upcalls and long calls need.
    PLAIN,
    /// Without it.
    CRITICAL,
    /// Without it, and the address parameter may be an array of the Java heap.
    CRITICAL_HEAP
}
