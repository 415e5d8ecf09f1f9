package io.skerry.server.life;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Whether ports can be had, asked before anything is started on them: the libraries that bind them report
/// a port in use only to their log.
public final class Ports {

    private Ports() {}

    /// @param option what sets this port, for the message
    /// @throws StartException if another process listens there, or the address is not this machine's
    public static void check(String host, int port, String option) throws StartException {
        if (port != 0) {
            String why = refusal(host, port);
            if (why != null) {
                throw new StartException("port " + port + " of " + host + " cannot be used (" + why
                        + "); stop the process that has it, or choose another with " + option);
            }
        }
    }

    /// The first free port of `from`, `from + step`, and so on below `from + 1000`. It is not held: whoever
    /// searches at the same time must look at other ports.
    ///
    /// @throws StartException if none of them is free
    public static int firstFree(String host, int from, int step) throws StartException {
        for (int port = from; port < Math.min(from + 1000, 65_536); port += step) {
            if (refusal(host, port) == null) {
                return port;
            }
        }
        throw new StartException("no free port from " + from + " on at " + host);
    }

    private static @org.jspecify.annotations.Nullable String refusal(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return null;
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
