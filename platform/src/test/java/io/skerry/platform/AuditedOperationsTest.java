package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every operation that may change something is in one of two tables: of those that leave entries in the audit log,
/// or of those that change nothing. Which ones there are says the table that the server routes by.
class AuditedOperationsTest extends ApiTestCase {

    /// One call each, the codes of the entries that it leaves, oldest first, and their author. What begins with `$` is
    /// of [#prepare].
    private static final String CHANGES = """
            POST   | /v1/groups                                   | {"name":"eu"}                   | group-create        | acme
            DELETE | /v1/groups/default                           |                                 | group-delete        | acme
            POST   | /v1/groups/default/locations/lhr             |                                 | instance-create     | acme
            DELETE | /v1/groups/default/locations/bos             |                                 | instance-delete     | acme
            PATCH  | /v1/groups/default/configuration             | {"delete_protection":true}      | group-protect       | acme
            POST   | /v1/groups/default/rename                    | {"name":"eu"}                   | group-rename        | acme
            POST   | /v1/groups/default/transfer                  | {"organization":"beta"}         | group-transfer group-transfer | acme
            POST   | /v1/groups/default/archive                   |                                 | group-archive       | acme
            POST   | /v1/groups/old/unarchive                     |                                 | group-unarchive     | acme
            POST   | /v1/groups/default/auth/tokens               |                                 | group-token-create  | acme
            POST   | /v1/groups/default/auth/rotate               |                                 | group-rotate        | acme
            POST   | /v1/databases                                | {"name":"new"}                  | db-create           | acme
            DELETE | /v1/databases/shop                           |                                 | db-delete           | acme
            POST   | /v1/databases/dumps                          | $dump                           | dump-upload         | acme
            PATCH  | /v1/databases/shop/configuration             | {"block_writes":true}           | db-configure        | acme
            PATCH  | /v1/databases/shop/configuration             | {"delete_protection":true}      | db-protect          | acme
            POST   | /v1/databases/shop/auth/tokens               |                                 | db-token-create     | acme
            POST   | /v1/databases/shop/auth/rotate               |                                 | db-rotate           | acme
            POST   | /v3/organizations/acme/databases             | {"name":"new"}                  | db-create           | acme
            DELETE | /v3/organizations/acme/databases/$shop       |                                 | db-delete           | acme
            POST   | /v3/organizations/acme/databases/$shop/auth/tokens |                           | db-token-create     | acme
            POST   | /v3/organizations/acme/groups/$group/auth/tokens   |                           | group-token-create  | acme
            POST   | /v1/auth/sessions                            | {"username":"acme","password":"long enough"} | user-session-create | acme
            POST   | /v1/auth/invalidate                          |                                 | user-sessions-end   | acme
            PUT    | /v1/user/password                            | {"password":"longer still","current":"long enough"} | user-password-set | acme
            POST   | /v1/users/carl/password                      |                                 | user-password-reset | acme
            POST   | /v1/auth/api-tokens/ci                       |                                 | user-token-create   | acme
            POST   | /v2/auth/api-tokens/ci                       | {"organization":"acme"}         | user-token-create   | acme
            DELETE | /v1/auth/api-tokens/administrator            |                                 | user-token-delete   | acme
            DELETE | /v1/organizations/acme/api-tokens/$token     |                                 | user-token-delete   | acme
            POST   | /v1/oauth/clients                            | {"name":"new","redirect_uris":["https://a.example/in"]} | oauth-client-create | acme
            DELETE | /v1/oauth/clients/$client                    |                                 | oauth-client-delete | acme
            POST   | /v1/oauth/authorize?$question                |                                 | oauth-authorize     | acme
            POST   | /v1/oauth/token?$exchange                    |                                 | user-token-create   | acme
            DELETE | /v1/oauth/grants/$client                     |                                 | user-token-delete   | acme
            POST   | /v1/organizations                            | {"name":"new"}                  | org-create org-create | acme
            PATCH  | /v1/organizations/acme                       | {"overages":true}               | org-set-overages    | acme
            DELETE | /v1/organizations/team                       |                                 | org-delete org-delete | acme
            POST   | /v1/organizations/acme/subscription          | {"plan":"scaler"}               | org-plan-update     | acme
            POST   | /v1/organizations/acme/members               | {"username":"bob"}              | org-member-add      | acme
            POST   | /v1/organizations/acme/members/bob           |                                 | org-member-add      | acme
            PATCH  | /v1/organizations/acme/members/carl          | {"role":"admin"}                | org-member-role     | acme
            DELETE | /v1/organizations/acme/members/carl          |                                 | org-member-rm       | acme
            DELETE | /v1/organizations/beta/members/acme          |                                 | org-member-leave    | acme
            POST   | /v1/organizations/acme/invite                | {"email":"a@example.net"}       | org-invite-create   | acme
            POST   | /v1/organizations/acme/invites               | {"email":"a@example.net"}       | org-invite-create   | acme
            POST   | /v2/organizations/acme/invites               | {"email":"a@example.net"}       | org-invite-create   | acme
            DELETE | /v1/organizations/acme/invites/c@a.net       |                                 | org-invite-delete   | acme
            DELETE | /v2/organizations/acme/invites/c@a.net       |                                 | org-invite-delete   | acme
            POST   | /v1/invites/accept                           | {"token":"$gammas"}             | org-member-add      | acme
            POST   | /v1/invites/signup                           | {"token":"$invite","username":"ana"} | user-signup org-member-add user-token-create | ana
            PUT    | /v2/organizations/acme/jwks/clerk            | {"jwks_url":"https://a.b"}      | jwks-put            | acme
            DELETE | /v2/organizations/acme/jwks/auth0            |                                 | jwks-delete         | acme
            """;

    /// One call each, its status, and why there is nothing to tell.
    private static final String NO_CHANGES = """
            POST   | /v1/groups/default/update                    | 200 | the version is that of the nodes
            POST   | /v1/groups/default/aws/migration/start       | 400 | there is nowhere to migrate to
            POST   | /v1/groups/default/aws/migration/abort       | 400 | as above
            POST   | /v1/databases/shop/transfer                  | 400 | the group is what can be transferred
            POST   | /v1/databases/shop/wakeup                    | 400 | the group is what can be brought back
            POST   | /v1/databases/shop/update                    | 200 | the version is that of the nodes
            POST   | /v1/databases/shop/seed                      | 400 | the content is named with the database
            POST   | /v1/databases/shop/instances                 | 400 | databases are where their group is
            DELETE | /v1/databases/shop/instances/bos             | 400 | as above
            POST   | /v1/billing/portal                           | 200 | the answer is always the same
            POST   | /v1/organizations/stripe-customer            | 200 | as above
            PUT    | /v1/billing/customer                         | 200 | what is sent is forgotten
            POST   | /v1/feedback                                 | 200 | as above
            """;

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");
    private static final String CALLBACK = "https://a.example/in";
    private static final String BOUNDARY = "the-boundary";

    /// RFC 7636, appendix B.
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    @Test
    void everyOperationThatMayChangeSomethingIsInOneOfTheTwoTables() {
        List<Operation> all = OperationsFixture.all();
        Set<String> wanted = all.stream()
                .filter(operation -> !SAFE.contains(operation.method()))
                .map(AuditedOperationsTest::name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> audited = operations(all, CHANGES);
        Set<String> without = operations(all, NO_CHANGES);
        assertThat(audited).doesNotContainAnyElementsOf(without);
        assertThat(Stream.concat(audited.stream(), without.stream())).containsExactlyInAnyOrderElementsOf(wanted);
    }

    /// Those that the calls of a table mean.
    private static Set<String> operations(List<Operation> all, String table) {
        Router router = new Router(all);
        return table.lines()
                .map(line -> line.split("\\|", -1))
                .map(cells -> router.find(
                        cells[0].strip(), RequestPath.parse(cells[1].strip().replaceFirst("\\?.*", ""))))
                .map(match -> name(match.operation()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String name(Operation operation) {
        return operation.method() + " " + operation.path();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = CHANGES)
    void everyChangeIsThereWithWhoWhenceAndHowItEnded(
            String method, String path, String body, String codes, String author) throws UnknownHostException {
        Map<String, String> names = prepare();
        assertThat(call(names, method, path, body).status()).isIn(200, 302);
        List<Entry> entries = entries();
        assertThat(entries).extracting(Entry::action).containsExactly(codes.split(" "));
        for (Entry entry : entries) {
            assertThat(entry.actor()).isEqualTo(author);
            assertThat(entry.origin()).isEqualTo("cli");
            assertThat(InetAddress.getByName(entry.address()).isLoopbackAddress())
                    .as(entry.address())
                    .isTrue();
            assertThat(entry.result()).isEqualTo("ok");
            assertThat(entry.target()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = NO_CHANGES)
    void whatLeavesNoEntryChangesNothing(String method, String path, int status, String why) {
        Map<String, String> names = prepare();
        List<String> before = content();
        assertThat(call(names, method, path, null).status()).as(why).isEqualTo(status);
        assertThat(content()).as(why).isEqualTo(before);
        assertThat(cluster.uploadFiles()).isEmpty();
    }

    @Test
    void whatTheLogCannotHaveIsNotDone() {
        Map<String, String> names = prepare();
        cluster.catalog().write(sql -> sql.update("""
                CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'planned'); END
                """));
        List<String> before = content();
        for (String change : CHANGES.lines().toList()) {
            String[] cells = change.split("\\|", -1);

            ApiServer.Reply reply = call(names, cells[0].strip(), cells[1].strip(), cells[2].strip());

            assertThat(reply.status()).as(change).isEqualTo(500);
            assertThat(content()).as(change).isEqualTo(before);
            assertThat(cluster.uploadFiles()).as(change).isEmpty();
        }
    }

    /// What there has to be for the calls.
    ///
    /// @return what is known only now, by the names that the tables have for it
    private Map<String, String> prepare() {
        People.user(cluster, "bob");
        People.member(cluster, "carl", Role.MEMBER);
        join("beta", Role.ADMIN);
        String shop = api.post("/v1/databases", "{\"name\":\"shop\"}")
                .json()
                .at("/database/DbId")
                .asText();
        String group = api.get("/v1/groups/default").json().at("/group/uuid").asText();
        api.post("/v1/groups/default/locations/bos");
        api.post("/v1/groups", "{\"name\":\"old\"}");
        api.post("/v1/groups/old/archive");
        api.post("/v1/organizations", "{\"name\":\"team\"}");
        api.send("PUT", "/v1/user/password", "{\"password\":\"long enough\"}");
        String token = api.post("/v2/auth/api-tokens/there", "{\"organization\":\"acme\"}")
                .json()
                .at("/token/id")
                .asText();
        String gammas = invitation("gamma", People.user(cluster, "gamma"));
        String invite = invitation("acme", cluster.token());
        api.send("PUT", "/v2/organizations/acme/jwks/auth0", "{\"jwks_url\":\"https://a.b\"}");
        var client = api.post("/v1/oauth/clients", "{\"name\":\"ledger\",\"redirect_uris\":[\"" + CALLBACK + "\"]}")
                .json()
                .path("client");
        String id = client.path("id").asText();
        String question = "response_type=code&client_id=" + id + "&redirect_uri=" + CALLBACK
                + "&code_challenge_method=S256&code_challenge=" + CHALLENGE;
        Map<String, String> names = new HashMap<>(Map.of(
                "shop", shop,
                "group", group,
                "token", token,
                "gammas", gammas,
                "invite", invite,
                "client", id,
                "secret", client.path("secret").asText(),
                "question", question,
                "dump", dump()));
        names.put("exchange", exchange(question));
        assertThat(call(names, "before", "POST", "/v1/oauth/token?$exchange", null)
                        .status())
                .isEqualTo(200);
        names.put("exchange", exchange(question));
        return names;
    }

    /// The administrator is one of the organization of another user.
    private void join(String organization, Role role) {
        People.user(cluster, organization);
        cluster.catalog().write(sql -> {
            Users.join(
                    sql,
                    Organizations.bySlug(sql, organization).orElseThrow().id(),
                    Users.byUsername(sql, "acme").orElseThrow().id(),
                    role,
                    Instant.now());
            return true;
        });
    }

    private String invitation(String organization, String token) {
        return api.send(
                        "POST",
                        "/v2/organizations/" + organization + "/invites",
                        "{\"email\":\"c@a.net\"}",
                        "Authorization",
                        "Bearer " + token)
                .json()
                .at("/invited/token")
                .asText();
    }

    /// The query that exchanges a code of the program for a token.
    private String exchange(String question) {
        String location = api.post("/v1/oauth/authorize?" + question)
                .response()
                .headers()
                .firstValue("Location")
                .orElseThrow();
        return "grant_type=authorization_code&code=" + location.replaceFirst(".*[?&]code=", "") + "&redirect_uri="
                + CALLBACK + "&code_verifier=" + VERIFIER;
    }

    private static String dump() {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nCREATE TABLE t (a);\n\r\n--"
                + BOUNDARY + "--\r\n";
    }

    private ApiServer.Reply call(Map<String, String> names, String method, String path, @Nullable String body) {
        return call(names, "the-call", method, path, body);
    }

    private ApiServer.Reply call(
            Map<String, String> names, String requestId, String method, String path, @Nullable String body) {
        String authorization = path.startsWith("/v1/oauth/token")
                ? "Basic "
                        + Base64.getEncoder()
                                .encodeToString(filled("$client:$secret", names).getBytes(StandardCharsets.UTF_8))
                : "Bearer " + cluster.token();
        return api.send(
                method,
                filled(path, names),
                body == null ? null : filled(body, names),
                "Authorization",
                authorization,
                "User-Agent",
                "turso-cli/1.0.20 (linux/amd64)",
                "Content-Type",
                "multipart/form-data; boundary=" + BOUNDARY,
                "X-Request-Id",
                requestId);
    }

    private static String filled(String text, Map<String, String> names) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("$" + name.getKey(), name.getValue());
        }
        return filled;
    }

    private record Entry(String action, String actor, String origin, String address, String target, String result) {}

    /// What the call left, oldest first, in the log of whichever organization.
    private List<Entry> entries() {
        return cluster.catalog()
                .read(sql -> sql.list(
                        """
                        SELECT action, actor, origin, address, target, result FROM audit
                        WHERE request_id = 'the-call' AND organization IS NOT NULL ORDER BY id
                        """,
                        row -> new Entry(
                                row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5))));
    }

    /// Every row of every table.
    private List<String> content() {
        return cluster.catalog().read(sql -> {
            List<String> rows = new ArrayList<>();
            for (String table :
                    sql.list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", row -> row.text(0))) {
                String columns = String.join(
                        " || ', ' || ",
                        sql.list(
                                "SELECT 'quote(' || name || ')' FROM pragma_table_info(?)", row -> row.text(0), table));
                sql.list("SELECT " + columns + " FROM " + table + " ORDER BY 1", row -> row.text(0))
                        .forEach(row -> rows.add(table + ": " + row));
            }
            return rows;
        });
    }
}
