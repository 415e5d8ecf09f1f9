package io.skerry.hrana;

/// A request that may not reach a database. The status and the text are the protocol's.
public final class AccessException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    public AccessException(int status, String message) {
        this(status, message, "");
    }

    private AccessException(int status, String message, String code) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /// A refusal with status 400 whose code clients may look for.
    public static AccessException coded(String message, String code) {
        return new AccessException(400, message, code);
    }

    public int status() {
        return status;
    }

    /// Empty for most.
    public String code() {
        return code;
    }
}
