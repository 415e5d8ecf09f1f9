package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.ApiDocuments.Route;
import io.skerry.server.process.ApiProcess.Reply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What belongs to one organization is out of reach for every token of another: nothing of it is in an answer, and
/// nothing of it changes, whatever operation is tried and however the other is named.
class ForeignTokenProcessTest {

    /// Is in the one database of acme, and in no answer to anybody else.
    private static final String SECRET = "hidden-treasure";

    /// One that changes the organization says more than that it was refused.
    private static final String BODY = """
            {"name":"taken","username":"rival","email":"rival@example.net","role":"admin","group":"main",
             "group_id":"%s","organization":"rival-team","plan":"scaler","overages":true,"delete_protection":true,
             "block_writes":true,"jwks_url":"https://rival.example/keys",
             "seed":{"type":"database","name":"shop"}}
            """;

    @TempDir
    static Path files;

    private static @Nullable ApiProcess started;
    private static String group = "";
    private static String database = "";
    private static String tokenId = "";
    private static String acmeId = "";
    private static final Map<String, String> FOREIGN = new LinkedHashMap<>();

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        ApiProcess api = ApiProcess.start(files);
        started = api;
        String owner = api.owner();
        acmeId = api.done("POST", "/v1/organizations", owner, "{\"name\":\"acme\"}")
                .at("/org/id");
        api.furnish(owner, "acme");
        api.signUp("acme", "bystander", "member");
        String acme = "/v1/organizations/acme";
        api.done("POST", acme + "/invites", owner, "{\"email\":\"guest@example.net\"}");
        api.done("PUT", "/v2/organizations/acme/jwks/issuer", owner, "{\"jwks_url\":\"https://issuer.example/keys\"}");
        group = api.done("GET", acme + "/groups/main", owner, null).at("/group/uuid");
        database = api.done("GET", acme + "/databases/shop", owner, null).at("/database/DbId");
        api.mint(owner, "of-acme", "{\"organization\":\"acme\"}");
        tokenId = api.done("GET", acme + "/api-tokens", owner, null).at("/tokens/0/id");
        assertThat(sql(
                                databaseToken(owner, acme),
                                "shop-acme",
                                "CREATE TABLE t (x)",
                                "INSERT INTO t VALUES ('" + SECRET + "')")
                        .text())
                .doesNotContain("\"error\"");

        String rival = api.signUp("default", "rival", "viewer");
        api.done("POST", "/v1/organizations", rival, "{\"name\":\"rival-team\"}");
        api.furnish(rival, "rival-team");
        FOREIGN.put("an owner elsewhere", rival);
        FOREIGN.put("for his organization", api.mint(rival, "org", "{\"organization\":\"rival-team\"}"));
        FOREIGN.put(
                "for his group",
                api.mint(
                        rival,
                        "group",
                        "{\"organization\":\"rival-team\",\"group\":\"main\",\"scopes\":[\"full-access\"]}"));
    }

    @AfterAll
    static void stop() {
        api().close();
    }

    @Test
    void noOperationReachesAnotherOrganization() {
        String before = everything();
        int tried = 0;
        for (Map.Entry<String, String> foreign : FOREIGN.entrySet()) {
            for (Route route : api().documents().routes()) {
                if (route.inOrganization()) {
                    for (String named : List.of("acme", acmeId)) {
                        refused(foreign.getKey(), foreign.getValue(), route, named);
                        tried++;
                    }
                }
            }
        }
        assertThat(tried).isGreaterThan(600);
        assertThat(everything()).isEqualTo(before);
    }

    /// In his own organization what is another's cannot be named by its id either.
    @Test
    void whatIsAnothersIsNotFoundInOnesOwnOrganization() {
        String before = everything();
        int tried = 0;
        for (Map.Entry<String, String> foreign : FOREIGN.entrySet()) {
            for (Route route : api().documents().routes()) {
                String own = route.path().replace("{organization}", "rival-team");
                String path = own.replace("{databaseId}", database).replace("{groupId}", group);
                if (!path.equals(own) || own.endsWith("/rival-team/api-tokens/{token}")) {
                    path = path.replace("{token}", tokenId);
                    Reply reply = api().send(route.method(), path, foreign.getValue(), "{}");
                    String what = foreign.getKey() + ": " + route.method() + " " + path + ": " + reply.text();
                    assertThat(reply.status()).as(what).isIn(403, 404);
                    assertThat(reply.text()).as(what).doesNotContain("acme", "shop");
                    tried++;
                }
            }
        }
        assertThat(tried).isEqualTo(3 * 6);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void noTokenOfAnotherDatabaseOpensADatabase() throws Exception {
        String own = "/v1/organizations/rival-team";
        String rival = Objects.requireNonNull(FOREIGN.get("an owner elsewhere"));
        Map<String, @Nullable String> tokens = new LinkedHashMap<>(FOREIGN);
        tokens.put("of his database", databaseToken(rival, own));
        tokens.put(
                "of his group",
                api().done("POST", own + "/groups/main/auth/tokens", rival, "{}")
                        .at("/jwt"));
        tokens.put("none", null);
        // They are good where they belong.
        for (String good : List.of("of his database", "of his group")) {
            assertThat(sql(tokens.get(good), "shop-rival-team", "SELECT 1").status())
                    .isEqualTo(200);
        }
        for (Map.Entry<String, @Nullable String> token : tokens.entrySet()) {
            for (URI node : api().nodes()) {
                for (String call : calls()) {
                    String[] words = call.split(" ", 3);
                    Reply reply = api().send(node, words[0], words[1], token.getValue(), words[2]);
                    String what = token.getKey() + " at " + node + ": " + call + ": " + reply.text();
                    assertThat(reply.status()).as(what).isIn(401, 403, 404);
                    assertThat(reply.text()).as(what).doesNotContain(SECRET);
                }
            }
        }
        Reply after = sql(databaseToken(api().owner(), "/v1/organizations/acme"), "shop-acme", "SELECT x FROM t");
        assertThat(after.text()).contains(SECRET).doesNotContain("stolen");
    }

    /// What the data plane answers.
    private static List<String> calls() {
        List<String> calls = new ArrayList<>();
        for (String base : List.of("/db/shop-acme", "/dev/acme/shop")) {
            for (String version : List.of("v2", "v3")) {
                calls.add("POST " + base + "/" + version + "/pipeline " + pipeline("SELECT x FROM t"));
                calls.add("POST " + base + "/" + version + "/pipeline " + pipeline("INSERT INTO t VALUES ('stolen')"));
            }
            calls.add("GET " + base + "/dump {}");
        }
        return calls;
    }

    private static void refused(String who, String token, Route route, String named) {
        String path = route.path()
                .replace("{organization}", named)
                .replace("{group}", "main")
                .replace("{groupId}", group)
                .replace("{database}", "shop")
                .replace("{databaseId}", database)
                .replace("{location}", "bos")
                .replace("{instance}", "fra")
                .replace("{username}", "bystander")
                .replace("{token}", tokenId)
                .replace("{email}", "guest@example.net")
                .replace("{jwks}", "issuer");
        String body = BODY.formatted(group);
        Reply reply = api().send(route.method(), path, token, body, "x-turso-organization", named);
        String what = who + ": " + route.method() + " " + path + ": " + reply.text();
        assertThat(reply.status()).as(what).isEqualTo(403);
        assertThat(reply.text()).as(what).doesNotContain("shop", "issuer", "bystander", "guest", database, group);
        api().documents().check(route, what, reply.status(), reply.json());
    }

    /// All that acme has, and what was changed in it; that a change was refused is in the audit log a while later.
    private static String everything() {
        StringBuilder all = new StringBuilder();
        for (Route route : api().documents().routes()) {
            boolean lists = route.method().equals("GET")
                    && !route.path().endsWith("/audit-logs")
                    && route.path().contains("/organizations/{organization}")
                    && !route.path().replace("{organization}", "").contains("{")
                    && !route.path().endsWith("/usage");
            if (lists) {
                JsonNode json = api().done("GET", route.path().replace("{organization}", "acme"), api().owner(), null)
                        .json();
                // How far locations are behind changes by itself.
                all.append(route)
                        .append(json.toString().replaceAll("\"skerry\":\\{[^}]*}]}", ""))
                        .append('\n');
            }
        }
        api().done("GET", "/v1/organizations/acme/audit-logs?page_size=1000", api().owner(), null)
                .json()
                .path("audit_logs")
                .forEach(entry -> all.append(entry.path("code").asText().equals("refused") ? "" : entry + "\n"));
        assertThat(all).contains("group-create", "shop-acme", "bystander", "issuer");
        return all.toString();
    }

    private static String databaseToken(String token, String base) {
        return api().done("POST", base + "/databases/shop/auth/tokens", token, "{}")
                .at("/jwt");
    }

    private static Reply sql(@Nullable String token, String label, String... statements) {
        return api().send(
                        api().nodes().getFirst(), "POST", "/db/" + label + "/v2/pipeline", token, pipeline(statements));
    }

    private static String pipeline(String... statements) {
        StringBuilder requests = new StringBuilder();
        for (String statement : statements) {
            requests.append("{\"type\":\"execute\",\"stmt\":{\"sql\":\"")
                    .append(statement)
                    .append("\"}},");
        }
        return "{\"requests\":[" + requests + "{\"type\":\"close\"}]}";
    }

    private static ApiProcess api() {
        return Objects.requireNonNull(started);
    }
}
