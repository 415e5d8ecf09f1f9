package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.skerry.catalog.testing.TestIssuer;
import io.skerry.server.issuer.KeyServer;
import io.skerry.server.process.ApiDocuments.Route;
import io.skerry.server.process.ApiProcess.Reply;
import io.skerry.server.process.CallTable.Call;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every operation in every form with its real effect on real nodes, as the data plane shows it, and whatever it
/// refuses: the calls and what comes of them are in `api/calls.txt`, and each answer is held against our own document
/// and the published one.
class AnswersProcessTest {

    /// What all operations of a kind may answer: RightsProcessTest has them (401, 403), RequestApiTest (304, 413),
    /// RateLimitTest (429), ForwardingTest (503), GroupApiTest and InstanceApiTest (504).
    private static final Set<String> ELSEWHERE = Set.of("304", "401", "403", "413", "429", "503", "504");

    /// How our document says it where nothing else can be missing: [#askNowhere] has that.
    private static final String NO_ORGANIZATION = "Organization not found";

    private static final Duration LONG_AGO = Duration.ofHours(1);

    @TempDir
    Path files;

    private final TestIssuer issuer = new TestIssuer().publish("k1", Jwts.SIG.ES256);

    @Test
    void everyOperationAnswersDoesAndRefusesWhatTheDocumentsSay() throws Exception {
        List<Call> calls = CallTable.read();
        try (KeyServer keys = new KeyServer(files, exchange -> KeyServer.send(exchange, 200, issuer.document()));
                ApiProcess api = ApiProcess.start(files, settings(keys))) {
            // Of nodes that hand changes on to another, each of which sees at once what it was asked to do.
            TableRun first = run(api, keys, "lhr", "a", "/v1/", "acme-a");
            TableRun second = run(api, keys, "bos", "b", "/v1/organizations/acme-b/", null);
            Set<String> answered = new TreeSet<>();
            Set<String> observed = new TreeSet<>();
            for (TableRun run : List.of(first, second)) {
                for (Call call : calls) {
                    run.one(call);
                }
                answered.addAll(run.answered());
                observed.addAll(run.observed());
            }
            List<Route> routes = api.documents().routes();
            routes.stream().filter(Route::inOrganization).forEach(route -> askNowhere(api, route));
            Set<String> untried = documented(routes);
            untried.removeAll(answered);
            assertThat(untried).as("answers that the table lacks").isEmpty();
            Set<String> unseen = changing(routes);
            unseen.removeAll(observed);
            assertThat(unseen)
                    .as("calls without a line that says what is seen of them")
                    .isEmpty();
        }
    }

    /// No stream ends by itself, nor gives up the lock for writing: what the table shows of that is of its calls.
    private static String[] settings(KeyServer keys) {
        return new String[] {
            "jwks.addresses=any",
            "jwks.certificates=" + keys.certificates(),
            "streams.idle-time=5m",
            "sql.transaction-time=5m"
        };
    }

    private TableRun run(
            ApiProcess api, KeyServer keys, String location, String form, String prefix, @Nullable String organization)
            throws IOException {
        URI node = api.node(location);
        KeptValues kept = new KeptValues();
        kept.put("F", form);
        kept.put("owner", api.owner());
        kept.put("junk", "junk");
        kept.put("keys", keys.uri("/keys").toString());
        kept.put("issued", issuer.token("k1", Jwts.SIG.ES256).claim("a", "rw").compact());
        kept.put(
                "expired",
                issuer.token("k1", Jwts.SIG.ES256)
                        .claim("a", "rw")
                        .expiration(Date.from(Instant.now().minus(LONG_AGO)))
                        .compact());
        return new TableRun(api, node, prefix, organization, kept, new DataPlane(api, node, kept, database(form)));
    }

    /// A file with seven rows.
    private byte[] database(String name) throws IOException {
        Path file = files.resolve(name + ".db");
        try (Connection connection = Connection.open(file, OpenMode.CREATE)) {
            connection.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7)");
        }
        return Files.readAllBytes(file);
    }

    /// Every route with each status that is its own.
    private static Set<String> documented(List<Route> routes) {
        Set<String> all = new TreeSet<>();
        for (Route route : routes) {
            route.operation().path("responses").properties().forEach(response -> {
                boolean elsewhere = ELSEWHERE.contains(response.getKey())
                        || response.getValue().path("description").asText().equals(NO_ORGANIZATION);
                if (!elsewhere) {
                    all.add(route + " " + response.getKey());
                }
            });
        }
        return all;
    }

    /// Every route that is there to change something.
    private static Set<String> changing(List<Route> routes) {
        Set<String> all = new TreeSet<>();
        routes.stream().filter(route -> !route.method().equals("GET")).forEach(route -> all.add(route.toString()));
        return all;
    }

    /// An organization that does not exist.
    private static void askNowhere(ApiProcess api, Route route) {
        String path = route.path().replace("{organization}", "nowhere").replaceAll("\\{\\w+}", "main");
        Reply reply = api.send(route.method(), path, api.owner(), "{}", "x-turso-organization", "nowhere");
        String what = route.method() + " " + path + ": " + reply.text();
        assertThat(reply.status()).as(what).isEqualTo(404);
        assertThat(reply.json().path("error").asText()).as(what).isEqualTo("organization not found");
        api.documents().check(route, what, reply.status(), reply.json());
    }
}
