package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.DatabaseAccess.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which requests address a database and which one; what else is served there; refusals of access.
class RoutesTest {

    private final FakeDatabase database = new FakeDatabase();
    private final DataPlane plane = new DataPlane(this::resolve);
    private DatabaseAccess.@Nullable Address asked;
    private DatabaseAccess.Callers callers = DatabaseAccess.Callers.ANYWHERE;

    private Target resolve(DatabaseAccess.Address address, @Nullable String authorization) {
        asked = address;
        if (authorization != null && authorization.startsWith("deny ")) {
            throw new AccessException(Integer.parseInt(authorization.substring(5)), "No \"entry\"");
        }
        return new Target("shop", database, null, SessionOptions.FULL, Restrictions.NONE, callers, false);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/shop/v2/pipeline,            , shop",
        "/dev/shop/v3/pipeline,            , shop",
        "/dev/a/v2/pipeline,               , a",
        "/dev/acme/shop/v2/pipeline,   acme, shop",
        "/dev/acme/v2/v2/pipeline,     acme, v2",
        "/dev/v2/v3/pipeline,              , v2",
        "/dev/acme/shop/v3/pipeline?x=1, acme, shop",
    })
    void thePathFormNamesADatabase(String path, @Nullable String organization, String name) {
        assertThat(plane.post(path, requests(execute("ECHO"), CLOSE)).statusCode())
                .isEqualTo(200);
        assertThat(asked).isEqualTo(new DatabaseAccess.Address.Path(organization, name));
    }

    @ParameterizedTest
    @CsvSource({
        "shop-acme.example.com, shop-acme",
        "Shop-Acme.localhost:8080, shop-acme",
        "fra-shop-acme.db.example.com:80, fra-shop-acme",
    })
    void theHostFormNamesADatabase(String host, String label) throws IOException {
        assertThat(raw("POST /v2/pipeline", host, requests(execute("ECHO"), CLOSE)))
                .startsWith("HTTP/1.1 200");
        assertThat(asked).isEqualTo(new DatabaseAccess.Address.HostLabel(label));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop-acme", "fra-shop-acme", "v2"})
    void aLabelInThePathNamesADatabase(String label) {
        assertThat(plane.post("/db/" + label + "/v2/pipeline", requests(execute("ECHO"), CLOSE))
                        .statusCode())
                .isEqualTo(200);
        assertThat(asked).isEqualTo(new DatabaseAccess.Address.HostLabel(label));
    }

    @Test
    void aClientThatDropsTheLabelNamesTheDatabaseByItsToken() {
        assertThat(plane.post("/db/v2/pipeline", requests(execute("ECHO"), CLOSE))
                        .statusCode())
                .isEqualTo(200);
        assertThat(asked).isEqualTo(new DatabaseAccess.Address.OfToken());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:8080", "127.0.0.1:8080", "[::1]:8080", "node.example.com", "NODE.example.com", "node"
            })
    void theNodesOwnNamesAreNoDatabase(String host) throws IOException {
        assertThat(raw("POST /v2/pipeline", host, "{}")).startsWith("HTTP/1.1 418");
        assertThat(plane.routes.isDatabaseHost(host)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,health,200",
        "GET,version,200",
        "GET,v2,200",
        "GET,v3,200",
        "GET,v2/pipeline,405",
        "POST,health,405",
        "GET,v3-protobuf,404",
        "POST,v9/pipeline,404",
        "GET,'',404"
    })
    void eachAddressServesItsEndpoints(String method, String endpoint, int status) throws IOException {
        assertThat(plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/" + endpoint))
                                .method(method, HttpRequest.BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(status);
        assertThat(raw(method + " /" + endpoint, "shop-acme.example.com", "")).startsWith("HTTP/1.1 " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,v2/pipeline,'POST, OPTIONS'",
        "POST,health,'GET, HEAD, OPTIONS'",
        "POST,version,'GET, HEAD, OPTIONS'",
        "DELETE,dump,'GET, HEAD, OPTIONS'",
        "GET,v1/upload,'POST, OPTIONS'",
        "GET,v2/upload/start,'PUT, OPTIONS'"
    })
    void anotherMethodIsToldWhichThereAre(String method, String endpoint, String allowed) {
        HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/" + endpoint))
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).hasValue(allowed);
    }

    @ParameterizedTest
    @CsvSource({"version,200", "v2,200", "v3,200", "v9,418", "v2/pipeline,418"})
    void aNodeTellsItsVersionsAtItsOwnAddress(String path, int status) {
        HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/" + path)));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(asked).isNull();
    }

    @ParameterizedTest
    @CsvSource({"v9/pipeline,404", "v2/pipeline,405"})
    void whatIsNotServedIsAnErrorObject(String endpoint, int status) {
        HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/" + endpoint)));

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.body()).startsWith("{\"error\":\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 503})
    void refusedAccessIsAnErrorObject(int status) {
        HttpResponse<String> response =
                plane.post("/dev/shop/v2/pipeline", requests(execute("ECHO")), "authorization", "deny " + status);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
        assertThat(response.body()).isEqualTo("{\"error\":\"No \\\"entry\\\"\"}");
        assertThat(response.headers().firstValue("retry-after"))
                .as("only what passes says when to ask again")
                .isEqualTo(status == 429 || status == 503 ? Optional.of("1") : Optional.empty());
    }

    @Test
    void takesTheTokenFromTheOtherHeaderToo() {
        assertThat(plane.post("/dev/shop/v2/pipeline", requests(), "x-authorization", "deny 401")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void anyPageMayAsk() {
        HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v2/pipeline"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("origin", "https://page.example")
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization, x-custom"));

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
        assertThat(response.headers().firstValue("access-control-allow-headers"))
                .hasValue("authorization, x-custom");
        assertThat(response.headers().firstValue("access-control-allow-methods").orElse(""))
                .contains("POST");
    }

    @Test
    void whoComesFromAnAddressThatIsNotAllowedIsRefused() {
        callers = address -> address.equals(InetAddress.ofLiteral("192.0.2.1"));
        String body = requests(execute("ECHO"), CLOSE);
        HttpResponse<String> refused = plane.post("/dev/shop/v3/pipeline", body);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("127.0.0.1 is not among the allowed_ips of this database");
        // Who says that a node passed it on must know what only nodes know.
        assertThat(plane.post("/dev/shop/v3/pipeline", body, "x-skerry-forwarded", "1")
                        .statusCode())
                .isEqualTo(403);
        assertThat(plane.post("/dev/shop/v3/pipeline", body, "x-skerry-forwarded", "of-one-cluster")
                        .statusCode())
                .isEqualTo(200);
        callers = address -> address.equals(InetAddress.ofLiteral("127.0.0.1"));
        assertThat(plane.post("/dev/shop/v3/pipeline", body).statusCode()).isEqualTo(200);
    }

    private String raw(String start, String host, String body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", plane.port())) {
            socket.setSoTimeout(60_000);
            byte[] bytes = (start + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream().write(bytes);
            return new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
        }
    }
}
