package io.skerry.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One keep-alive HTTP/1.1 connection to a pipeline endpoint. As little work per request as a client can do, because
/// the load generator
/// shares the machine with what it measures. Not thread-safe.
final class PipelineConnection implements AutoCloseable {

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final byte[] head;
    private byte[] buffer = new byte[64 * 1024];
    private int length;

    PipelineConnection(Endpoint endpoint) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress("127.0.0.1", endpoint.port()), 5_000);
        socket.setSoTimeout(60_000);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        out = socket.getOutputStream();
        head = ("POST " + endpoint.path() + "/v2/pipeline HTTP/1.1\r\nHost: 127.0.0.1:" + endpoint.port()
                        + "\r\nContent-Type: application/json\r\n"
                        + (endpoint.token() == null ? "" : "Authorization: Bearer " + endpoint.token() + "\r\n")
                        + "Content-Length: ")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /// @param path prefix before `/v2/pipeline`, empty for a server of one database
    record Endpoint(int port, String path, @Nullable String token) {}

    /// Sends the body and reads the whole answer, which stays in this connection's buffer until the next call.
    ///
    /// @throws IOException if the status is not 200 or a statement failed
    void call(String body) throws IOException {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        byte[] size = Integer.toString(payload.length).getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + size.length + 4 + payload.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(size, 0, request, head.length, size.length);
        int at = head.length + size.length;
        request[at++] = '\r';
        request[at++] = '\n';
        request[at++] = '\r';
        request[at++] = '\n';
        System.arraycopy(payload, 0, request, at, payload.length);
        out.write(request);
        readAnswer();
        if (indexOf("\"type\":\"error\"") >= 0) {
            throw new IOException("a statement failed: " + answer());
        }
    }

    String answer() {
        return new String(buffer, 0, length, StandardCharsets.UTF_8);
    }

    /// The value of the last string member of that name in the answer, or null.
    @Nullable
    String member(String name) {
        String text = answer();
        int at = text.lastIndexOf("\"" + name + "\":\"");
        return at < 0 ? null : text.substring(at + name.length() + 4, text.indexOf('"', at + name.length() + 4));
    }

    private void readAnswer() throws IOException {
        String status = line();
        int bodyLength = -1;
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(java.util.Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                bodyLength = Integer.parseInt(header.substring(15).trim());
            } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
                chunked = true;
            }
        }
        length = 0;
        if (chunked) {
            for (int chunk = Integer.parseInt(line().trim(), 16);
                    chunk > 0;
                    chunk = Integer.parseInt(line().trim(), 16)) {
                read(chunk);
                line();
            }
            line();
        } else {
            read(bodyLength);
        }
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException(status + ": " + answer());
        }
    }

    private void read(int bytes) throws IOException {
        if (length + bytes > buffer.length) {
            buffer = java.util.Arrays.copyOf(buffer, Math.max(length + bytes, buffer.length * 2));
        }
        if (in.readNBytes(buffer, length, bytes) < bytes) {
            throw new IOException("the server closed the connection in the middle of an answer");
        }
        length += bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the server closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private int indexOf(String ascii) {
        byte[] wanted = ascii.getBytes(StandardCharsets.US_ASCII);
        outer:
        for (int i = 0; i + wanted.length <= length; i++) {
            for (int j = 0; j < wanted.length; j++) {
                if (buffer[i + j] != wanted[j]) {
                    continue outer;
                }
            }
            return i;
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
