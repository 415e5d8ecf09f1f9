package io.skerry.catalog;

/// What the catalog or the fleet refuses, with a text for the person who asked. Nothing was changed.
public final class CatalogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    public CatalogException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    public enum Reason {
        /// The request makes no sense as it stands.
        INVALID,
        NOT_FOUND,
        /// There is one already.
        EXISTS,
        /// The name cannot be had, although nothing of the caller's bears it.
        NAME_TAKEN,
        /// The caller may not do this.
        FORBIDDEN,
        /// Or the user does not exist: who asks cannot tell.
        WRONG_PASSWORD,
        /// Too many ask for the same; it may be tried again.
        BUSY,
        /// Not within the time that was allowed.
        TIMEOUT,
        /// The tables are of another version than the code.
        VERSION
    }
}
