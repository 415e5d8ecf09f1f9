package io.skerry.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One keep-alive HTTP/1.1 connection to a pipeline endpoint. As little work per request as a client can do: the
/// load generator shares the machine with what it measures. Not thread-safe.
final class PipelineConnection implements AutoCloseable {

    private static final byte[] ERROR = "\"type\":\"error\"".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private final byte[] head;
    private byte[] buffer = new byte[64 * 1024];
    private int length;

    PipelineConnection(Endpoint endpoint) throws IOException {
        this(endpoint, Duration.ofMinutes(1));
    }

    /// @param patience how long to wait for an answer
    PipelineConnection(Endpoint endpoint, Duration patience) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress("127.0.0.1", endpoint.port()), 5_000);
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
        in = socket.getInputStream();
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
    /// @throws java.net.SocketTimeoutException if no answer came in time; the connection is useless after it
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
        if (indexOf(ERROR) >= 0) {
            throw new IOException("a statement failed: " + answer());
        }
    }

    /// The same without a body, for a path of the control plane.
    void get(String path, @Nullable String token) throws IOException {
        out.write(("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        + (token == null ? "" : "Authorization: Bearer " + token + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        readAnswer();
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

    /// Leaves the body at the start of the buffer.
    private void readAnswer() throws IOException {
        int received = 0;
        int bodyAt = -1;
        while (bodyAt < 0) {
            received += receive(received);
            bodyAt = endOfHead(received);
        }
        String answerHead = new String(buffer, 0, bodyAt, StandardCharsets.ISO_8859_1);
        int bodyLength = contentLength(answerHead);
        while (received < bodyAt + bodyLength) {
            received += receive(received);
        }
        System.arraycopy(buffer, bodyAt, buffer, 0, bodyLength);
        length = bodyLength;
        if (!answerHead.startsWith("HTTP/1.1 200")) {
            throw new IOException(answerHead + answer());
        }
    }

    private int receive(int at) throws IOException {
        if (at == buffer.length) {
            buffer = Arrays.copyOf(buffer, 2 * buffer.length);
        }
        int bytes = in.read(buffer, at, buffer.length - at);
        if (bytes < 0) {
            throw new IOException("the server closed the connection");
        }
        return bytes;
    }

    /// Where the body begins, -1 if the head is not complete.
    private int endOfHead(int received) {
        for (int i = 3; i < received; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    private static int contentLength(String head) throws IOException {
        int at = head.indexOf("ontent-");
        while (at >= 0 && !head.regionMatches(true, at + 7, "length:", 0, 7)) {
            at = head.indexOf("ontent-", at + 7);
        }
        if (at < 0) {
            throw new IOException("an answer without Content-Length: " + head);
        }
        return Integer.parseInt(
                head, head.indexOf(':', at) + 1 + (head.charAt(at + 14) == ' ' ? 1 : 0), head.indexOf('\r', at), 10);
    }

    private int indexOf(byte[] wanted) {
        for (int i = 0; i + wanted.length <= length; i++) {
            if (Arrays.equals(buffer, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
