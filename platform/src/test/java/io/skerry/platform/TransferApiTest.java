package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.query.SessionOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A group goes to another organization, with its databases.
class TransferApiTest extends ApiTestCase {

    private static final String BETAS = "betas.own.token";

    private final Catalog catalog = cluster.catalog();

    @BeforeEach
    void createShopAndBeta() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        catalog.bootstrap("beta", BETAS);
        join(Role.ADMIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"organization\":\"beta\"}", "{\"org\":\"beta\"}", "{\"Organization\":\"beta\"}"})
    void theGroupIsTheOtherOrganizationsAfterwards(String body) {
        String uuid = api.get("/v1/groups/default").json().at("/group/uuid").asText();
        ApiServer.Reply moved = api.post("/v1/organizations/acme/groups/default/transfer", body);
        assertThat(moved.status()).isEqualTo(200);
        assertThat(moved.json().path("uuid").asText()).isEqualTo(uuid);
        assertThat(moved.json().at("/group/uuid").asText()).isEqualTo(uuid);
        assertThat(api.get("/v1/groups").json().path("groups")).isEmpty();
        assertThat(api.get("/v1/databases").json().path("databases")).isEmpty();
        JsonNode shop = api.get("/v1/organizations/beta/databases/shop").json().path("database");
        assertThat(shop.path("Hostname").asText()).startsWith("shop-beta.");
        assertThat(shop.path("group").asText()).isEqualTo("default");
        for (Organization side : new Organization[] {cluster.acme(), beta()}) {
            List<Audit.Entry> log = catalog.read(sql -> Audit.newest(sql, side.id(), 1));
            assertThat(log).extracting(Audit.Entry::action).containsExactly("group-transfer");
        }
    }

    @Test
    void tokensAndTheFormerHostNameGoOn() {
        DatabaseTokens tokens = new DatabaseTokens(catalog, new KeySets(KeySource.NONE, Duration.ofMinutes(5)));
        String authorization = "Bearer "
                + api.post("/v1/databases/shop/auth/tokens").json().path("jwt").asText();
        transfer();
        for (String label : new String[] {"shop-acme", "shop-beta", "fra-shop-acme"}) {
            DatabaseRoute route = catalog.byLabel(label).orElseThrow();
            assertThat(route.organization().slug()).isEqualTo("beta");
            assertThat(tokens.verify(route, authorization)).isEqualTo(SessionOptions.FULL);
        }
    }

    @Test
    void theFormerHostNameEndsWhenItsOrganizationGivesTheNameAnew() {
        transfer();
        api.post("/v1/groups", "{\"name\":\"default\"}");
        assertThat(api.post("/v1/databases", "{\"name\":\"shop\"}").status()).isEqualTo(200);
        assertThat(organizationAt("shop-acme")).isEqualTo("acme");
        assertThat(organizationAt("shop-beta")).isEqualTo("beta");
    }

    @Test
    void anAliasIsNotLostToAnotherOrganizationWhoseDatabaseWouldHaveTheSameLabel() {
        api.post("/v1/databases", "{\"name\":\"shop-eu\"}");
        catalog.bootstrap("eu-acme", "eu-acmes.own.token");
        transfer();
        String[] other = {"Authorization", "Bearer eu-acmes.own.token"};
        api.send("POST", "/v1/groups", "{\"name\":\"default\"}", other);
        assertThat(api.send("POST", "/v1/databases", "{\"name\":\"shop\"}", other)
                        .status())
                .isEqualTo(422);
        assertThat(organizationAt("shop-eu-acme")).isEqualTo("beta");
    }

    @Test
    void thereAndBackAgainIsAsBefore() {
        String before = api.get("/v1/databases/shop").text();
        transfer();
        assertThat(api.post(
                                "/v1/organizations/beta/groups/default/transfer",
                                "{\"organization\":\"" + cluster.acme().id() + "\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/v1/databases/shop").text()).isEqualTo(before);
        assertThat(organizationAt("shop-beta")).isEqualTo("acme");
    }

    @Test
    void toTheOwnOrganizationChangesNothing() {
        long frame = catalog.frame().value();
        assertThat(api.post("/v1/groups/default/transfer", "{\"organization\":\"acme\"}")
                        .status())
                .isEqualTo(200);
        assertThat(catalog.frame().value()).isEqualTo(frame);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"organization":"nowhere"} | 404 | organization not found
            {"organization":"other"}   | 404 | organization not found
            {}                         | 400 | invalid request body: organization is missing
            {"organization":7}         | 400 | invalid request body: organization must be a string
            """)
    void refusesOrganizationsThatAreNotTheCallers(String body, int status, String text) {
        catalog.bootstrap("other", "others.own.token");
        ApiServer.Reply reply = api.post("/v1/groups/default/transfer", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(organizationAt("shop-acme")).isEqualTo("acme");
    }

    @Test
    void aMereMemberMayNotBringAGroup() {
        catalog.write(sql -> sql.update(
                "UPDATE memberships SET role = 'member' WHERE organization = ?",
                beta(sql).id()));
        ApiServer.Reply reply = api.post("/v1/groups/default/transfer", "{\"organization\":\"beta\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("only an owner or admin of organization beta may bring a group there");
    }

    @Test
    void nothingMovesIfAnythingClashes() {
        api.post("/v1/organizations/beta/groups", "{\"name\":\"default\"}");
        assertClash(409, "group already exists: default in organization beta");
        api.post("/v1/organizations/beta/groups/default/rename", "{\"name\":\"other\"}");
        api.post("/v1/databases", "{\"name\":\"crm\"}");
        api.post("/v1/organizations/beta/databases", "{\"name\":\"shop\",\"group\":\"other\"}");
        assertClash(409, "database with name shop already exists in organization beta");
        assertThat(organizationAt("crm-acme")).isEqualTo("acme");
    }

    private void assertClash(int status, String text) {
        ApiServer.Reply reply = api.post("/v1/groups/default/transfer", "{\"organization\":\"beta\"}");
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(organizationAt("shop-acme")).isEqualTo("acme");
    }

    private void transfer() {
        assertThat(api.post("/v1/groups/default/transfer", "{\"organization\":\"beta\"}")
                        .status())
                .isEqualTo(200);
    }

    private String organizationAt(String label) {
        return catalog.byLabel(label).orElseThrow().organization().slug();
    }

    private Organization beta() {
        return catalog.read(TransferApiTest::beta);
    }

    private static Organization beta(io.skerry.catalog.sql.Sql sql) {
        return Organizations.bySlug(sql, "beta").orElseThrow();
    }

    private void join(Role role) {
        catalog.write(sql -> {
            Users.join(
                    sql,
                    beta(sql).id(),
                    Users.byUsername(sql, "acme").orElseThrow().id(),
                    role,
                    Instant.now());
            return true;
        });
    }
}
