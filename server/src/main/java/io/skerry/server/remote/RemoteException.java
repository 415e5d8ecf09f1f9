package io.skerry.server.remote;

/// Why a command could not be done, in words for the person who gave it: the server's own, where it answered.
public final class RemoteException extends Exception {

    private static final long serialVersionUID = 1L;

    RemoteException(String message) {
        super(message);
    }
}
