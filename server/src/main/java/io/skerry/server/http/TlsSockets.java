package io.skerry.server.http;

import io.skerry.server.tls.NodeTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// Begins TLS on the connections that a port accepts, with the certificate of the moment. A client that speaks HTTP
/// without TLS is told so in HTTP.
final class TlsSockets extends SSLSocketFactory {

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    /// The first byte of every record of a handshake (RFC 8446, 5.1).
    private static final int HANDSHAKE = 22;
    /// What a client without TLS sent is read before its connection ends: the answer would be lost with it otherwise.
    private static final int IGNORED_MAX = 64 * 1024;

    private static final byte[] PLAIN_REFUSED = plainRefused();

    private final NodeTls tls;
    private final Runnable begins;

    /// @param begins called by the thread of a connection before it waits for its client's first byte
    TlsSockets(NodeTls tls, Runnable begins) {
        this.tls = tls;
        this.begins = begins;
    }

    private static byte[] plainRefused() {
        byte[] body = "{\"error\":\"this port speaks TLS: use https:// instead of http://\"}"
                .getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n";
        return (head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    /// The one that Helidon calls. It leaves the accepted socket open when it closes the TLS upon it, and would wait
    /// for the client to do so: here, both are closed at once.
    @Override
    public Socket createSocket(Socket accepted, @Nullable InputStream consumed, boolean autoClose) throws IOException {
        begins.run();
        int first = accepted.getInputStream().read();
        if (first >= 0 && first != HANDSHAKE) {
            refusePlain(accepted);
        }
        if (first != HANDSHAKE) {
            throw new IOException("no TLS handshake");
        }
        InputStream read = new ByteArrayInputStream(new byte[] {(byte) first});
        SSLSocket socket = (SSLSocket) tls.server().getSocketFactory().createSocket(accepted, read, true);
        socket.setEnabledProtocols(PROTOCOLS);
        return socket;
    }

    private static void refusePlain(Socket accepted) throws IOException {
        OutputStream out = accepted.getOutputStream();
        out.write(PLAIN_REFUSED);
        out.flush();
        accepted.shutdownOutput();
        byte[] buffer = new byte[4096];
        int ignored = 0;
        for (int n = 0;
                n >= 0 && ignored < IGNORED_MAX;
                n = accepted.getInputStream().read(buffer)) {
            ignored += n;
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.server().getSocketFactory().getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.server().getSocketFactory().getSupportedCipherSuites();
    }

    // What connects to others has no business here.

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new UnsupportedOperationException();
    }
}
