package io.skerry.hrana;

/// A request that may not reach a database. The status and the text are the protocol's.
public final class AccessException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    public AccessException(int status, String message) {
        super(message);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
