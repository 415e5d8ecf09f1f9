package io.skerry.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.engine.testing.Await;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.forward.HopMark;
import io.skerry.hrana.forward.NodeClient;
import io.skerry.hrana.forward.Outcome;
import io.skerry.platform.NodeHttp;
import io.skerry.server.config.Configuration;
import io.skerry.server.tls.DevCertificates;
import io.skerry.server.tls.NodeTls;
import io.skerry.server.tls.TestCertificates;
import io.skerry.server.tls.TrustedCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsListenerTest {

    private static final int LIMIT_MS = 60_000;
    /// Far more than a handshake takes, since others have to succeed beside those that are cut.
    private static final String HANDSHAKE = "3s";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final Path directory;
    private final DevCertificates files;
    private TrustedCertificates trust;

    TlsListenerTest(@TempDir Path directory) throws Exception {
        this.directory = directory;
        this.files = TestCertificates.one(directory.resolve("tls"));
        this.trust = TrustedCertificates.read(files.authority());
    }

    @Test
    void oneConnectionTakesManyRequestsWithEitherVersion() throws Exception {
        try (Served served = serve(Map.of())) {
            for (String version : new String[] {"TLSv1.3", "TLSv1.2"}) {
                try (SSLSocket client = served.connect(version)) {
                    for (int i = 0; i < 3; i++) {
                        client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                        assertThat(answer(client.getInputStream()))
                                .startsWith("HTTP/1.1 200")
                                .endsWith("here");
                    }
                    assertThat(client.getSession().getProtocol()).isEqualTo(version);
                    String last = REQUEST.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
                    client.getOutputStream().write(last.getBytes(StandardCharsets.US_ASCII));
                    assertThat(client.getInputStream().readAllBytes()).isNotEmpty();
                }
            }
            try (SSLSocket old = served.connect("TLSv1.1")) {
                assertThatThrownBy(old::startHandshake).isInstanceOf(SSLException.class);
            }
        }
    }

    /// As Helidon closes it when a client cannot be accepted.
    @Test
    void aPortThatWasClosedOpensAgain() throws Exception {
        try (Served served = serve(Map.of())) {
            var socket = served.listener().socket();
            assertThat(socket).isNotNull();
            socket.close();
            Await.until("it answers again", () -> {
                try {
                    return served.shown() != null;
                } catch (IOException refused) {
                    return false;
                }
            });
        }
    }

    @Test
    void aClientWithoutTlsIsToldSo() throws Exception {
        try (Served served = serve(Map.of());
                Socket client = served.connect()) {
            client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 400 ")
                    .endsWith("\r\n\r\n{\"error\":\"this port speaks TLS: use https:// instead of http://\"}");
        }
    }

    /// With one connection at a time: each client is served only once the one before it is gone.
    @Test
    void aClientThatDoesNotOpenTlsMakesRoomForOthers() throws Exception {
        try (Served served = serve(Map.of("http.connections", "1", "http.tls.handshake-time", HANDSHAKE))) {
            byte[][] beginnings = {{}, {22}, {22, 3, 1, 2, 0, 1, 0, 1}};
            for (byte[] beginning : beginnings) {
                try (Socket silent = served.connect()) {
                    silent.getOutputStream().write(beginning);
                    try (SSLSocket next = served.connect("TLSv1.3")) {
                        next.startHandshake();
                    }
                    assertThat(silent.getInputStream().readAllBytes()).isEmpty();
                }
            }
            try (Socket plain = served.connect()) {
                plain.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
                // It could go on to send what nobody reads.
                try (SSLSocket next = served.connect("TLSv1.3")) {
                    next.startHandshake();
                }
            }
        }
    }

    /// A browser opens connections before it has something to ask. The time must be enough for its own
    /// handshake.
    @Test
    void theTimeOfTheHandshakeIsNotThatOfTheFirstRequest() throws Exception {
        try (Served served = serve(Map.of("http.tls.handshake-time", HANDSHAKE));
                SSLSocket early = served.connect("TLSv1.3");
                Socket silent = served.connect()) {
            early.startHandshake();
            // Two others are cut by the same clock, one after the other, and the first goes on.
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
            try (Socket another = served.connect()) {
                assertThat(another.getInputStream().readAllBytes()).isEmpty();
            }
            early.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertThat(answer(early.getInputStream())).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aStopEndsOpenConnectionsAndHandshakes() throws Exception {
        try (Served served = serve(Map.of());
                SSLSocket open = served.connect("TLSv1.3");
                Socket silent = served.connect()) {
            open.startHandshake();
            served.listener().close();
            assertThat(untilTheEnd(open)).isEmpty();
            assertThat(untilTheEnd(silent)).isEmpty();
        }
    }

    @Test
    void aNewCertificateIsShownWithoutARestart() throws Exception {
        try (Served served = serve(Map.of())) {
            Certificate before = served.shown();
            DevCertificates next = TestCertificates.other(directory.resolve("next"));
            Files.copy(next.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(next.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
            served.tls().reread();
            trust = TrustedCertificates.read(next.authority());
            assertThat(served.shown()).isNotEqualTo(before);
        }
    }

    /// Both ways by which a node asks another, to an address that its certificate does not name.
    @Test
    void nodesRefuseAnotherNodeWithTheWrongNameOrAuthority() throws Exception {
        TrustedCertificates others = TrustedCertificates.read(
                TestCertificates.other(directory.resolve("others")).authority());
        try (Served misnamed = serve("127.0.0.2", Map.of());
                Served good = serve(Map.of())) {
            assertThat(ask(trust, good.uri()).statusCode()).isEqualTo(200);
            assertThat(forward(trust, good.uri())).isInstanceOf(Outcome.Answered.class);
            assertThatThrownBy(() -> ask(trust, misnamed.uri())).isInstanceOf(SSLHandshakeException.class);
            assertThat(forward(trust, misnamed.uri())).isInstanceOf(Outcome.NotSent.class);
            assertThatThrownBy(() -> ask(others, good.uri())).isInstanceOf(SSLHandshakeException.class);
            assertThat(forward(others, good.uri())).isInstanceOf(Outcome.NotSent.class);
        }
    }

    private static HttpResponse<String> ask(TrustedCertificates trusted, URI node)
            throws IOException, InterruptedException {
        try (NodeHttp http = new NodeHttp(Optional.of(trusted.context()))) {
            return http.client().send(HttpRequest.newBuilder(node).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static Outcome forward(TrustedCertificates trusted, URI node) {
        try (NodeClient client = new NodeClient(
                HranaSettings.defaults().forwarding(), new HopMark("mark"), Optional.of(trusted.context()))) {
            return client.send(node, null, new byte[0], 0);
        }
    }

    private Served serve(Map<String, String> settings) throws Exception {
        return serve("127.0.0.1", settings);
    }

    private Served serve(String host, Map<String, String> settings) throws Exception {
        NodeTls tls = NodeTls.open(files.certificate(), files.key(), Optional.empty());
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        Configuration configuration = Configuration.load(settings, Map.of(), null);
        return new Served(
                host,
                tls,
                Listener.open(
                        host, 0, "--port", configuration, routing, Lasting.NONE, new Presence(), Optional.of(tls)));
    }

    private final class Served implements AutoCloseable {

        private final String host;
        private final NodeTls tls;
        private final Listener listener;

        Served(String host, NodeTls tls, Listener listener) {
            this.host = host;
            this.tls = tls;
            this.listener = listener;
        }

        NodeTls tls() {
            return tls;
        }

        Listener listener() {
            return listener;
        }

        URI uri() {
            return listener.uri();
        }

        Socket connect() throws IOException {
            Socket socket =
                    new Socket(InetAddress.getByName(host), listener.uri().getPort());
            socket.setSoTimeout(LIMIT_MS);
            return socket;
        }

        SSLSocket connect(String version) throws IOException {
            SSLSocket socket = (SSLSocket) trust.sockets()
                    .createSocket(connect(), "localhost", listener.uri().getPort(), true);
            socket.setEnabledProtocols(new String[] {version});
            return socket;
        }

        Certificate shown() throws IOException {
            try (SSLSocket client = connect("TLSv1.3")) {
                client.startHandshake();
                return client.getSession().getPeerCertificates()[0];
            }
        }

        @Override
        public void close() {
            listener.close();
            tls.close();
        }
    }

    /// One answer with a length, and no more.
    private static String answer(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("here")) {
            int next = in.read();
            if (next < 0) {
                throw new AssertionError("the connection ended after: " + text);
            }
            text.append((char) next);
        }
        return text.toString();
    }

    private static byte[] untilTheEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException | SSLException reset) {
            return new byte[0];
        }
    }
}
