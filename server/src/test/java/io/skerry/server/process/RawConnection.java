package io.skerry.server.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// A client that sends the bytes it is told to, whether they are HTTP or not.
final class RawConnection implements AutoCloseable {

    private static final int READ_LIMIT_MS = 60_000;

    private final Socket socket = new Socket();

    RawConnection(URI node) throws IOException {
        this(node, 0);
    }

    /// @param receiveBuffer of the socket, in bytes; 0 for the system's default
    RawConnection(URI node, int receiveBuffer) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setSoTimeout(READ_LIMIT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), node.getPort()));
    }

    RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /// Says that nothing more will come.
    RawConnection end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /// What comes next, some of it: empty at the end of the connection.
    String next() throws IOException {
        byte[] buffer = new byte[8192];
        int n = socket.getInputStream().read(buffer);
        return new String(buffer, 0, Math.max(0, n), StandardCharsets.ISO_8859_1);
    }

    /// Everything up to the end of the connection, however it ends; fails if it does not.
    String untilTheEnd() throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[8192];
        InputStream in = socket.getInputStream();
        try {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                all.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection does not end; so far:\n" + all, e);
        } catch (IOException reset) {
            // as good an end as any
        }
        return all.toString();
    }

    /// Whether the other side has not ended it so far; what it sends is lost.
    boolean isOpen() throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().skip(Long.MAX_VALUE) > 0
                    || socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException silent) {
            return true;
        } catch (IOException reset) {
            return false;
        } finally {
            socket.setSoTimeout(READ_LIMIT_MS);
        }
    }

    /// Whether a process holds the other end, which this one can learn from the kernel only, if it does not read
    /// (Linux: proc_net_tcp; a socket that its process has closed has no inode).
    boolean isServed() throws IOException {
        String ports = String.format(Locale.ROOT, "%04X %04X", socket.getPort(), socket.getLocalPort());
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.strip().split("\\s+");
                if (ports.equals(port(fields[1]) + " " + port(fields[2])) && !fields[9].equals("0")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String port(String address) {
        return address.substring(address.indexOf(':') + 1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
