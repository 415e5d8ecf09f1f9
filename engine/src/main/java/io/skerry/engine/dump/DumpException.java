package io.skerry.engine.dump;

/// A dump that cannot be loaded, by the fault of whoever wrote it. The message says in which line,
/// and why.
public final class DumpException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DumpException(String message) {
        super(message);
    }
}
