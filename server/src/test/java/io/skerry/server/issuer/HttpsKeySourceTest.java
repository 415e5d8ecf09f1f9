package io.skerry.server.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import io.skerry.server.tls.TrustedCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HttpsKeySourceTest {

    @TempDir
    static Path directory;

    private static final AtomicInteger requests = new AtomicInteger();
    private static KeyServer server;
    private HttpsKeySource source;

    @BeforeAll
    static void start() throws Exception {
        server = new KeyServer(directory, HttpsKeySourceTest::answer);
    }

    @BeforeEach
    void trust() throws IOException {
        requests.set(0);
        source = new HttpsKeySource(AddressPolicy.ANY, Optional.of(TrustedCertificates.read(server.certificates())));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        switch (exchange.getRequestURI().getPath()) {
            case "/keys" -> KeyServer.send(exchange, 200, "{\"keys\":[]}".getBytes(StandardCharsets.UTF_8));
            case "/moved" -> {
                exchange.getResponseHeaders().add("Location", "/keys");
                exchange.sendResponseHeaders(302, -1);
            }
            case "/full" -> KeyServer.send(exchange, 200, new byte[64 * 1024]);
            case "/large" -> KeyServer.send(exchange, 200, new byte[64 * 1024 + 1]);
            case "/drops" -> drops(exchange);
            default -> KeyServer.send(exchange, 500, new byte[0]);
        }
    }

    /// A byte now and then, for ever.
    private static void drops(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (true) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aNameServiceThatDoesNotAnswerIsPartOfTheTime() {
        CountDownLatch end = new CountDownLatch(1);
        HostNames silent = new HostNames(host -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        });
        HttpsKeySource waiting = new HttpsKeySource(AddressPolicy.ANY, Optional.empty(), silent);
        assertThatThrownBy(() -> waiting.fetch(URI.create("https://silent.example/keys")))
                .hasMessage("it did not answer within 5 s");
        for (int i = 1; i < HostNames.LOOKUPS_MAX; i++) {
            assertThatThrownBy(() -> silent.lookUp("silent.example", Duration.ofMillis(1)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
        assertThatThrownBy(() -> silent.lookUp("silent.example", Duration.ofMillis(1)))
                .hasMessageStartingWith("too many host names");
        end.countDown();
    }

    @Test
    void theDocumentComesAsItIs() throws IOException {
        assertThat(source.fetch(server.uri("/keys"))).asString().isEqualTo("{\"keys\":[]}");
        assertThat(source.fetch(server.uri("/full"))).hasSize(64 * 1024);
    }

    @Test
    void noRedirectionIsFollowedAndNoOtherStatusTaken() {
        assertRefused(server.uri("/moved"), "it answered with HTTP status 302");
        assertThat(requests).hasValue(1);
        assertRefused(server.uri("/none"), "it answered with HTTP status 500");
    }

    @Test
    void sizeAndTimeHaveLimits() {
        assertRefused(server.uri("/large"), "its answer is larger than 65536 bytes");
        assertRefused(server.uri("/drops"), "it did not answer within 5 s");
    }

    @Test
    void onlyWhoHasATrustedCertificateIsBelieved() {
        source = new HttpsKeySource(AddressPolicy.ANY, Optional.empty());
        assertRefused(server.uri("/keys"), "its certificate or its TLS was not accepted");
        assertThat(requests).hasValue(0);
    }

    @Test
    void thisMachineIsNotAskedUnlessThatIsAllowed() throws IOException {
        source = new HttpsKeySource(AddressPolicy.PUBLIC, Optional.of(TrustedCertificates.read(server.certificates())));
        assertRefused(server.uri("/keys"), "its address is not a public one");
        assertRefused(URI.create("https://127.0.0.1:1/keys"), "its address is not a public one");
        assertThat(requests).hasValue(0);
    }

    @Test
    void aNameThatBecomesAnotherAddressMeanwhileIsStoppedAtTheSocket() throws Exception {
        try (var connected =
                new Socket(InetAddress.getLoopbackAddress(), server.uri("").getPort())) {
            CheckedSockets sockets = new CheckedSockets(
                    TrustedCertificates.read(server.certificates()).sockets(), AddressPolicy.PUBLIC);
            assertThatThrownBy(() -> sockets.createSocket(connected, "localhost", connected.getPort(), true))
                    .hasMessage("its address is not a public one");
        }
    }

    @Test
    void whoIsNotThereIsToldOf() throws IOException {
        // Where nobody listens, and nobody else can: the port is taken.
        try (var taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertRefused(
                    URI.create("https://localhost:" + taken.getLocalPort() + "/keys"),
                    "no connection to it could be made or kept");
        }
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws IOException {
        Path empty = Files.writeString(directory.resolve("empty.pem"), "");
        assertThatThrownBy(() -> TrustedCertificates.read(empty)).hasMessageContaining("no certificates in");
        Path odd = Files.writeString(directory.resolve("odd.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        assertThatThrownBy(() -> TrustedCertificates.read(odd)).hasMessageContaining("cannot be read");
    }

    private void assertRefused(URI url, String why) {
        assertThatThrownBy(() -> source.fetch(url))
                .isInstanceOf(IOException.class)
                .hasMessage(why);
    }
}
