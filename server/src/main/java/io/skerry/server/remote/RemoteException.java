package io.skerry.server.remote;

/// Why a command could not be done, in words for the person who gave it: the server's own, where it answered.
public final class RemoteException extends Exception {

    private static final long serialVersionUID = 1L;

    private final int status;

    /// No answer came, or it was not asked for.
    RemoteException(String message) {
        this(0, message);
    }

    RemoteException(int status, String message) {
        // One line, whatever the server quotes.
        super(Table.printable(message.strip().replaceAll("\\R+", " ")));
        this.status = status;
    }

    /// The HTTP status of the answer; 0 if there is none.
    int status() {
        return status;
    }
}
