package io.skerry.server.remote;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// A password that somebody chose, and the one it replaces.
///
/// @param current empty if there is none
record NewPassword(String password, String current) {

    /// On the terminal, where neither is shown.
    ///
    /// @throws RemoteException if there is no terminal, or the person did not type the same twice
    static NewPassword ask() throws RemoteException {
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new RemoteException("there is no terminal to ask on: say --password-stdin");
        }
        String current = typed(console, "Current password (empty if there is none): ");
        String password = typed(console, "New password: ");
        if (!password.equals(typed(console, "The same again: "))) {
            throw new RemoteException("these are two different passwords; nothing was done");
        }
        return new NewPassword(password, current);
    }

    /// @param in the new one on the first line, the current one on the second
    /// @throws RemoteException if there is no first line
    static NewPassword read(InputStream in) throws RemoteException {
        // Not closed: it is the process's own.
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        try {
            String password = lines.readLine();
            String current = lines.readLine();
            if (password == null || password.isEmpty()) {
                throw new RemoteException("no password came on the standard input");
            }
            return new NewPassword(password, current == null ? "" : current);
        } catch (IOException e) {
            throw new RemoteException("the standard input cannot be read: " + e.getMessage());
        }
    }

    private static String typed(Console console, String prompt) throws RemoteException {
        char[] typed = console.readPassword("%s", prompt);
        if (typed == null) {
            throw new RemoteException("nothing was done");
        }
        return new String(typed);
    }
}
