package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What was refused is in the audit log too.
@Timeout(120)
class RefusalAuditTest {

    private static final String[] NO_TOKEN = {};

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = ApiServer.auditing(cluster);

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /v1/databases                        | {"name":"-"}          | 400 |            | POST P/databases: invalid database name
            DELETE | /v1/databases/nope                   |                       | 404 | nope       | DELETE P/databases/{database}: could not find database
            POST   | /v1/groups                           | {"name":"default"}    | 409 |            | POST P/groups: group already exists
            DELETE | /v1/groups/default/locations/fra     |                       | 400 | default/fra | DELETE P/groups/{group}/locations/{location}: cannot remove
            POST   | /v1/databases/dumps                  | {}                    | 400 |            | POST P/databases/dumps: invalid request body
            POST   | /v1/organizations/acme/members       | {"username":"nobody"} | 404 |            | POST /v1/organizations/{organization}/members: could not find
            POST   | /v1/auth/api-tokens/administrator    |                       | 409 | administrator | POST /v1/auth/api-tokens/{token}:
            """)
    void aRefusalIsThereWithWhoWhatAndTheStatus(
            String method, String path, String body, String status, String target, String message) {
        ApiServer.Reply refused = api.send(method, path, body);
        assertThat(refused.status()).isEqualTo(Integer.parseInt(status));
        Audit.Entry entry = awaitEntry("acme", one -> one.action().equals("refused"));
        assertThat(entry.result()).isEqualTo(status);
        assertThat(entry.actor()).isEqualTo("acme");
        assertThat(entry.target()).isEqualTo(target == null ? "" : target);
        assertThat(entry.message()).startsWith(message);
        assertThat(entry.address()).isNotEmpty();
        assertThat(refused.response().headers().firstValue("X-Request-Id")).contains(entry.requestId());
    }

    @Test
    void whoLacksTheRightIsNamedInTheLogOfTheOrganization() {
        String viewer = People.member(cluster, "vic", Role.VIEWER);
        String stranger = People.user(cluster, "mallory");
        for (String token : List.of(viewer, stranger)) {
            assertThat(send("DELETE", "/v1/organizations/acme/groups/default", "", token))
                    .isEqualTo(403);
        }
        for (String name : List.of("vic", "mallory")) {
            Audit.Entry entry = awaitEntry("acme", one -> one.actor().equals(name));
            assertThat(entry.result()).isEqualTo("403");
            assertThat(entry.target()).isEqualTo("default");
        }
    }

    @Test
    void aWrongPasswordIsInTheLogOfTheUserWhoseItIsNot() {
        People.user(cluster, "bob");
        assertThat(api.send(
                                "POST",
                                "/v1/auth/sessions",
                                "{\"username\":\"bob\",\"password\":\"wrong wrong\"}",
                                NO_TOKEN)
                        .status())
                .isEqualTo(401);
        Audit.Entry entry = awaitEntry("bob", one -> one.result().equals("401"));
        assertThat(entry.actor()).isEqualTo("bob");
        assertThat(entry.message()).isEqualTo("POST /v1/auth/sessions: wrong username or password");
    }

    @Test
    void aFailureOfTheClusterIsThereInTheWordsOfTheAnswer() {
        cluster.node("fra").reachable(false);
        ApiServer.Reply failed = api.post("/v1/databases", "{\"name\":\"shop\"}");
        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.error())
                .startsWith("a node that is needed does not answer")
                .doesNotContain("fra")
                .doesNotContain("Exception");
        Audit.Entry entry = awaitEntry("acme", one -> one.result().equals("503"));
        assertThat(entry.message()).isEqualTo("POST P/databases: " + failed.error());
    }

    private int send(String method, String path, String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token).status();
    }

    private List<Audit.Entry> refusals(String organization) {
        return cluster
                .catalog()
                .read(sql -> Audit.newest(
                        sql,
                        Organizations.bySlug(sql, organization).orElseThrow().id(),
                        1_000))
                .stream()
                .filter(entry -> !entry.result().equals("ok"))
                .toList();
    }

    private Audit.Entry awaitEntry(String organization, Predicate<Audit.Entry> wanted) {
        List<Audit.Entry> found = new ArrayList<>();
        Await.until("the refusal is in the audit log", () -> {
            refusals(organization).stream().filter(wanted).findFirst().ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }
}
