package io.skerry.catalog.token;

/// A token that does not open the door it was shown at. Status and text are those of the protocol; the text
/// never contains the token.
public final class TokenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    public TokenException(int status, String message) {
        super(message);
        this.status = status;
    }

    static TokenException invalid() {
        return unauthorized("The JWT is invalid");
    }

    static TokenException expired() {
        return unauthorized("The JWT has expired");
    }

    static TokenException unauthorized(String why) {
        return new TokenException(401, "Unauthorized: `" + why + "`");
    }

    /// For a good token of another database.
    static TokenException otherDatabase(String name) {
        return new TokenException(404, "Namespace `" + name + "` doesn't exist");
    }

    public int status() {
        return status;
    }
}
