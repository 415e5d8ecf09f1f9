package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.ApiDocuments.Route;
import io.skerry.server.process.ApiProcess.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every operation in every form, asked by every role with every kind of token, of real nodes: what may be done is
/// written down in `api/rights.txt`, which nothing of the program reads.
class RightsProcessTest {

    private static final Path TABLE = Path.of("src", "test", "resources", "api", "rights.txt");
    private static final List<String> SCOPES = List.of(
            "read",
            "db:create",
            "db:delete",
            "db:configure",
            "db:mint-token",
            "db:rotate-creds",
            "group:configure",
            "group:mint-token",
            "group:rotate-creds");

    @TempDir
    static Path files;

    private static @Nullable ApiProcess started;

    /// A line of the table.
    private record Needs(String roles, String token) {}

    /// Who asks.
    ///
    /// @param token null for nobody
    /// @param role the first letter of his role in acme, empty for none
    /// @param kind `account`, `session`, `org`, a scope of the group `main`, or `wrong`
    private record Asker(String name, @Nullable String token, String role, String kind) {

        int expected(Needs needs, boolean inOrganization) {
            if (needs.token.equals("open")) {
                return 200;
            }
            if (token == null || kind.equals("wrong")) {
                return 401;
            }
            if (inOrganization && !needs.roles.equals("-") && (role.isEmpty() || !needs.roles.contains(role))) {
                return 403;
            }
            boolean unrestricted = kind.equals("account") || kind.equals("session");
            boolean reaches = switch (needs.token) {
                case "any" -> true;
                case "account" -> unrestricted;
                // In these tests the administrator owns acme too, and nobody else does.
                case "operator" -> unrestricted && role.equals("o");
                case "org" -> unrestricted || kind.equals("org");
                default -> unrestricted || kind.equals("org") || kind.equals(needs.token);
            };
            return reaches ? 200 : 403;
        }
    }

    /// Values of the parameters of paths, for what is there.
    private static final Map<String, String> PRESENT = new LinkedHashMap<>(Map.of(
            "organization", "acme",
            "group", "main",
            "database", "shop",
            "location", "lhr",
            "instance", "lhr",
            "username", "bystander",
            "token", "member-org",
            "email", "guest@example.net",
            "jwks", "issuer"));

    private static final String CALLBACK = "https://program.example/in";

    /// A verifier and its challenge (RFC 7636, appendix B).
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        ApiProcess api = ApiProcess.start(files);
        started = api;
        String owner = api.owner();
        api.done("POST", "/v1/organizations", owner, "{\"name\":\"acme\"}");
        api.furnish(owner, "acme");
        api.signUp("acme", "bystander", "member");
        String acme = "/v1/organizations/acme";
        api.done("POST", acme + "/invites", owner, "{\"email\":\"guest@example.net\"}");
        api.done("PUT", "/v2/organizations/acme/jwks/issuer", owner, "{\"jwks_url\":\"https://issuer.example/keys\"}");
        PRESENT.put(
                "groupId", api.done("GET", acme + "/groups/main", owner, null).at("/group/uuid"));
        PRESENT.put(
                "databaseId",
                api.done("GET", acme + "/databases/shop", owner, null).at("/database/DbId"));
    }

    @AfterAll
    static void stop() {
        api().close();
    }

    @Test
    void everybodyMayDoWhatTheTableSaysAndNothingElse() throws Exception {
        Map<String, Needs> table = table();
        List<Route> routes = api().documents().routes();
        assertThat(table.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        routes.stream().map(Route::toString).toList());
        List<Asker> askers = askers();
        long changes = changes();
        int asked = 0;
        for (Asker asker : askers) {
            for (Route route : routes) {
                if (asker.kind.equals("session") && route.path().equals("/v1/auth/invalidate")) {
                    continue; // It would end itself.
                }
                ask(
                        asker,
                        route,
                        asker.expected(Objects.requireNonNull(table.get(route.toString())), route.inOrganization()));
                asked++;
            }
        }
        assertThat(asked).isGreaterThan(48 * 150);
        assertThat(changes()).as("entries of the audit log of acme").isEqualTo(changes);
    }

    /// What is refused is asked of something that is there, what is allowed of something that is not.
    private static void ask(Asker asker, Route route, int expected) {
        String path = route.path();
        for (Map.Entry<String, String> parameter : PRESENT.entrySet()) {
            boolean named = expected != 200 || parameter.getKey().equals("organization");
            path = path.replace("{" + parameter.getKey() + "}", named ? parameter.getValue() : "absent");
        }
        Reply reply = api().send(route.method(), path, asker.token, "{}", "x-turso-organization", "acme");
        String what = asker.name + ": " + route.method() + " " + path + ": " + reply.text();
        if (expected == 200) {
            assertThat(reply.status()).as(what).isNotIn(401, 403, 405).isLessThan(500);
        } else {
            assertThat(reply.status()).as(what).isEqualTo(expected);
        }
        api().documents().check(route, what, reply.status(), reply.json());
    }

    /// The table with the forms of its paths written out.
    private static Map<String, Needs> table() throws IOException {
        Map<String, Needs> table = new LinkedHashMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] cells = line.split("\\|");
                String operation = cells[0].strip();
                Needs needs = new Needs(cells[1].strip(), cells[2].strip());
                assertThat(needs.token)
                        .isIn(Stream.concat(Stream.of("open", "any", "account", "operator", "org"), SCOPES.stream())
                                .toList());
                Stream<String> forms = operation.contains(" P/")
                        ? Stream.of(" /v1/", " /v1/organizations/{organization}/")
                                .map(prefix -> operation.replace(" P/", prefix))
                        : Stream.of(operation);
                forms.forEach(
                        form -> assertThat(table.put(form, needs)).as(form).isNull());
            }
        }
        return table;
    }

    private static List<Asker> askers() throws InterruptedException {
        List<Asker> askers = new ArrayList<>(List.of(
                new Asker("nobody", null, "", "wrong"),
                new Asker("a wrong token", "wrong", "", "wrong"),
                new Asker("a token of the right form", "a.b.c", "", "wrong")));
        String database = api().done("POST", "/v1/organizations/acme/databases/shop/auth/tokens", api().owner(), "{}")
                .at("/jwt");
        askers.add(new Asker("a token of a database", database, "", "wrong"));
        // No member of acme, whatever he is elsewhere.
        askers.add(new Asker("a stranger", api().signUp("default", "stranger", "admin"), "", "account"));
        askers.addAll(member("owner", api().owner()));
        // As far as a token of the organization, and no further: his account is none of its business.
        askers.add(new Asker("a program that the owner let in", program(api().owner()), "o", "org"));
        for (String role : List.of("admin", "member", "viewer")) {
            // Tokens of a group are for admins to mint; they stay when he becomes less.
            String token = api().signUp("acme", "the-" + role, "admin");
            askers.addAll(member(role, token));
            api().done(
                            "PATCH",
                            "/v1/organizations/acme/members/the-" + role,
                            api().owner(),
                            "{\"role\":\"" + role + "\"}");
            // Of a user of his own: one of the operations ends all sessions of who asks.
            String visitor = "visiting-" + role;
            String session = session(visitor, api().signUp("acme", visitor, role));
            askers.add(new Asker(role + " in a session", session, role.substring(0, 1), "session"));
        }
        api().awaitEverywhere("/v1/organizations/acme/members", api().owner());
        return askers;
    }

    private static List<Asker> member(String role, String token) {
        String letter = role.substring(0, 1);
        List<Asker> askers = new ArrayList<>();
        askers.add(new Asker(role, token, letter, "account"));
        String org = api().mint(token, role + "-org", "{\"organization\":\"acme\"}");
        askers.add(new Asker(role + " with a token of acme", org, letter, "org"));
        for (String scope : SCOPES) {
            String restriction = "{\"organization\":\"acme\",\"group\":\"main\",\"scopes\":[\"" + scope + "\"]}";
            String scoped = api().mint(token, role + "-" + scope.replace(":", "-"), restriction);
            askers.add(new Asker(role + " with a token of main for " + scope, scoped, letter, scope));
        }
        return askers;
    }

    /// Registers a program, and lets it in.
    ///
    /// @return its token
    private static String program(String token) {
        Reply registered = api().done(
                        "POST",
                        "/v1/oauth/clients",
                        token,
                        "{\"name\":\"program\",\"redirect_uris\":[\"" + CALLBACK + "\"]}");
        String id = registered.at("/client/id");
        PRESENT.put("client", id);
        Reply sent = api().send(
                        "POST",
                        "/v1/oauth/authorize?response_type=code&code_challenge_method=S256&client_id=" + id
                                + "&redirect_uri=" + CALLBACK + "&code_challenge=" + CHALLENGE,
                        token,
                        null);
        assertThat(sent.status()).as(sent.text()).isEqualTo(302);
        String location = sent.response().headers().firstValue("Location").orElseThrow();
        String secret = id + ":" + registered.at("/client/secret");
        return api().send(
                        "POST",
                        "/v1/oauth/token?grant_type=authorization_code&redirect_uri=" + CALLBACK + "&code_verifier="
                                + VERIFIER + "&code=" + location.substring(location.indexOf("code=") + 5),
                        null,
                        null,
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)))
                .at("/access_token");
    }

    private static String session(String username, String token) {
        String password = "{\"username\":\"" + username + "\",\"password\":\"correct horse\"}";
        api().done("PUT", "/v1/user/password", token, password);
        return api().done("POST", "/v1/auth/sessions", null, password).at("/token");
    }

    /// Entries of changes: what was refused is in the audit log too.
    private static long changes() {
        JsonNode logs = api().done("GET", "/v1/organizations/acme/audit-logs?page_size=1000", api().owner(), null)
                .json()
                .at("/audit_logs");
        return StreamSupport.stream(logs.spliterator(), false)
                .filter(entry -> !entry.path("code").asText().equals("refused"))
                .count();
    }

    private static ApiProcess api() {
        return Objects.requireNonNull(started);
    }
}
