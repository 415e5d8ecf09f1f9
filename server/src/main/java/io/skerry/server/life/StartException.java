package io.skerry.server.life;

import org.jspecify.annotations.Nullable;

/// Why a process cannot start, in words for the person who started it: what is wrong with what, and what to
/// do. Shown without a stack trace.
public final class StartException extends Exception {

    private static final long serialVersionUID = 1L;

    public StartException(String message) {
        this(message, null);
    }

    public StartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
