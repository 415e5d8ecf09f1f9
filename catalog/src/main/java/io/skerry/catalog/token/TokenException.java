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

    public int status() {
        return status;
    }
}
