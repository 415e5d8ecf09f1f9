package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseApiTest extends ApiTestCase {

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/organizations/acme"})
    void aDatabaseIsCreatedFoundAndDeleted(String prefix) {
        ApiServer.Reply created = api.post(prefix + "/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().path("username").asText()).isEqualTo("acme");
        JsonNode small = created.json().path("database");
        assertThat(small.path("Name").asText()).isEqualTo("shop");
        assertThat(small.path("Hostname").asText()).isEqualTo("shop-acme.localhost:8080");
        assertThat(small.path("IssuedCertCount").asInt(-1)).isZero();
        JsonNode database = api.get(prefix + "/databases/shop").json().path("database");
        assertThat(database.path("DbId")).isEqualTo(small.path("DbId"));
        assertThat(database.path("hostname")).isEqualTo(database.path("Hostname"));
        assertThat(database.path("parent").isNull()).isTrue();
        assertThat(database.path("version").asText()).doesNotStartWith("v");
        assertThat(api.get(prefix + "/databases").json().at("/databases/0")).isEqualTo(database);
        assertThat(cluster.node("fra").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("fra").databases(group)).hasSize(1));

        ApiServer.Reply deleted = api.delete(prefix + "/databases/shop");
        assertThat(deleted.text()).isEqualTo("{\"database\":\"shop\"}");
        assertThat(api.get(prefix + "/databases/shop").status()).isEqualTo(404);
        assertThat(cluster.node("fra").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("fra").databases(group)).isEmpty());
    }

    @Test
    void theGroupIsDefaultIfNoneIsNamed() {
        assertThat(api.post("/v1/databases", "{\"name\":\"shop\"}").status()).isEqualTo(200);
        assertThat(api.get("/v1/databases/shop").json().at("/database/group").asText())
                .isEqualTo("default");
    }

    @Test
    void whatIsIgnoredIsIgnored() {
        ApiServer.Reply reply = api.post("/v1/databases", """
                {"NAME":"shop","Group":"default","location":"nowhere","image":"latest","seed":null,"is_schema":false,
                 "schema":"","extensions":"all","use_tursodb":false,"size_limit":"256mb","unheard_of":{"a":[1]}}
                """);
        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void regionsAndInstancesFollowTheGroup() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.post("/v1/groups/default/locations/lhr");
        api.post("/v1/databases", "{\"name\":\"crm\"}");
        for (String name : List.of("shop", "crm")) {
            JsonNode database = api.get("/v1/databases/" + name).json().path("database");
            assertThat(GroupApiTest.texts(database.path("regions"))).containsExactly("fra", "lhr");
            assertThat(database.path("primaryRegion").asText()).isEqualTo("fra");
        }
        JsonNode shop = api.get("/v1/databases/shop/instances").json().path("instances");
        JsonNode crm = api.get("/v1/databases/crm/instances").json().path("instances");
        assertThat(shop).hasSize(2);
        assertThat(shop.at("/0/type").asText()).isEqualTo("primary");
        assertThat(shop.at("/1/type").asText()).isEqualTo("replica");
        assertThat(shop.at("/1/name").asText()).isEqualTo("lhr");
        assertThat(shop.at("/1/region").asText()).isEqualTo("lhr");
        assertThat(shop.at("/1/hostname").asText()).isEqualTo("lhr-shop-acme.localhost:8081");
        assertThat(shop.at("/1/uuid")).isEqualTo(crm.at("/1/uuid")).isNotEqualTo(shop.at("/0/uuid"));
        assertThat(api.get("/v1/databases/shop/instances/lhr").json().path("instance"))
                .isEqualTo(shop.get(1));
    }

    @Test
    void aListIsWholeWithoutALimitAndPagedWithOne() {
        for (int i = 0; i < 7; i++) {
            api.post("/v1/databases", "{\"name\":\"db" + i + "\"}");
        }
        JsonNode whole = api.get("/v1/databases").json();
        assertThat(whole.path("databases")).hasSize(7);
        assertThat(whole.at("/pagination/next").isNull()).isTrue();
        List<String> names = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get("/v1/databases?limit=3&cursor=" + cursor).json();
            page.path("databases")
                    .forEach(database -> names.add(database.path("Name").asText()));
            sizes.add(page.path("databases").size());
            // What comes and goes meanwhile must not shift the pages.
            api.delete("/v1/databases/db0");
            cursor = page.at("/pagination/next").asText("");
        } while (!cursor.isEmpty() && !cursor.equals("null"));
        assertThat(sizes).containsExactly(3, 3, 1);
        assertThat(names).containsExactly("db0", "db1", "db2", "db3", "db4", "db5", "db6");
    }

    @Test
    void aListIsFilteredByGroupAndParent() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}");
        JsonNode list = api.get("/v1/databases?group=eu").json().path("databases");
        assertThat(list).hasSize(1);
        assertThat(list.at("/0/Name").asText()).isEqualTo("crm");
        assertThat(api.get("/v1/databases?parent=" + UUID.randomUUID()).json().path("databases"))
                .isEmpty();
        assertThat(api.get("/v1/databases?parent=nonsense").json().path("databases"))
                .isEmpty();
        assertThat(api.get("/v1/databases?type=schema").json().path("databases"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /databases/nope                     | 404 | could not find database with name nope: record not found
            DELETE | /databases/nope                     | 404 | could not find database with name nope: record not found
            GET    | /databases/nope/instances           | 404 | could not find database with name nope: record not found
            GET    | /databases/nope/instances/fra       | 404 | could not find database with name nope: record not found
            POST   | /databases/nope/auth/tokens         | 404 | could not find database with name nope: record not found
            POST   | /databases/nope/auth/rotate         | 404 | could not find database with name nope: record not found
            GET    | /databases/shop/instances/lhr       | 404 | could not find instance lhr of database shop
            GET    | /databases?group=nope               | 404 | group not found
            GET    | /databases?limit=0                  | 400 | invalid limit: 0
            GET    | /databases?limit=-1                 | 400 | invalid limit: -1
            GET    | /databases?limit=many               | 400 | invalid limit: many
            GET    | /databases?limit=1&cursor=%21%21    | 400 | invalid cursor
            """)
    void refusesWithTheDocumentedTexts(String method, String path, int status, String text) {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        for (String prefix : List.of("/v1", "/v1/organizations/acme")) {
            ApiServer.Reply reply = api.send(method, prefix + path, null);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"shop"}                       | 409 | database with name shop already exists
            {"name":"crm","group":"nope"}         | 400 | group not found
            null                                  | 400 | invalid request body: must be a JSON object
            []                                    | 400 | invalid request body: must be a JSON object
            {"name":"MyFile.db"}                  | 400 | invalid database name: name can only contain lowercase letters, numbers, and hyphens
            {"name":"crm-"}                       | 400 | invalid database name: name cannot start or end with a hyphen
            {"name":"caf\\u00e9"}                 | 400 | invalid database name: name can only contain lowercase letters, numbers, and hyphens
            {"name":"a\\u0000b"}                  | 400 | invalid database name: name can only contain lowercase letters, numbers, and hyphens
            {}                                    | 400 | invalid database name: name must be between 1 and 64 characters long
            {"name":"crm","size_limit":"big"}     | 400 | invalid size_limit: big
            {"name":"crm","seed":{"type":"dump"}} | 400 | invalid seed: url is missing
            {"name":"crm","seed":{"name":"shop"}} | 400 | invalid seed: type  is not supported, only database, database_upload and dump are
            {"name":"crm","seed":"shop"}          | 400 | invalid request body: seed must be an object
            {"name":"crm","seed":[]}              | 400 | invalid seed: type  is not supported, only database, database_upload and dump are
            {"name":"crm","seed":{"type":"database"}} | 400 | invalid seed: name is missing
            {"name":"crm","seed":{"type":"database","name":"nope"}} | 400 | invalid seed: there is no database nope
            {"name":"crm","seed":{"type":"database","name":"shop","timestamp":"2026-01-01T00:00:00Z"}} | 400 | invalid seed: no history is kept, so a database is copied as of now, without a timestamp
            {"name":"shop","seed":{"type":"database","name":"shop"}} | 409 | database with name shop already exists
            {"name":"crm","is_schema":true}       | 400 | is_schema is not supported
            {"name":"crm","remote_encryption":{"encryption_key":"eA"}} | 400 | remote_encryption is not supported
            """)
    void refusesToCreateWhatMakesNoSense(String body, int status, String text) {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        ApiServer.Reply reply = api.post("/v1/databases", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(api.get("/v1/databases").json().path("databases")).hasSize(1);
    }

    @Test
    void whatMayNotBeReadIsNotCopied() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.send("PATCH", "/v1/databases/shop/configuration", "{\"block_reads\":true}");
        ApiServer.Reply reply =
                api.post("/v1/databases", "{\"name\":\"crm\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid seed: reads of database shop are blocked");
        assertThat(api.get("/v1/databases/crm").status()).isEqualTo(404);
    }

    @Test
    void aCopyIsOpenToNoMoreThanItsOriginal() {
        api.post("/v1/databases", "{\"name\":\"shop\",\"size_limit\":\"1gb\"}");
        String rules = "{\"allowed_ips\":[\"10.0.0.0/8\",\"192.0.2.1\"]}";
        api.send("PATCH", "/v1/databases/shop/configuration", rules);
        String seed = "\"seed\":{\"type\":\"database\",\"name\":\"shop\"}";
        assertThat(api.post("/v1/databases", "{\"name\":\"copy\"," + seed + "}").status())
                .isEqualTo(200);
        JsonNode copy = api.get("/v1/databases/copy/configuration").json();
        assertThat(copy.path("size_limit").asText()).isEqualTo("1gb");
        assertThat(copy.path("allowed_ips"))
                .isEqualTo(api.get("/v1/databases/shop/configuration").json().path("allowed_ips"))
                .hasSize(2);
        api.post("/v1/databases", "{\"name\":\"large\",\"size_limit\":\"2gb\"," + seed + "}");
        assertThat(api.get("/v1/databases/large/configuration")
                        .json()
                        .path("size_limit")
                        .asText())
                .isEqualTo("2gb");
        // Restricted while it is copied.
        cluster.node("fra")
                .beforeFills(
                        () -> api.send("PATCH", "/v1/databases/shop/configuration", "{\"allowed_ips\":[\"::1\"]}"));
        api.post("/v1/databases", "{\"name\":\"late\"," + seed + "}");
        assertThat(api.get("/v1/databases/late/configuration")
                        .json()
                        .at("/allowed_ips/0")
                        .asText())
                .isEqualTo("::1");
    }

    @Test
    void itIsToldHowFarTheContentOfADatabaseIs() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        String elsewhere = api.post(
                        "/v1/auth/api-tokens/eu",
                        "{\"organization\":\"acme\",\"group\":\"eu\",\"scopes\":[\"full-access\"]}")
                .json()
                .path("token")
                .asText();
        assertThat(elsewhere).isNotEmpty();
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        String path = "/v1/databases/copy/seed";
        assertThat(api.get(path).text()).isEqualTo("{\"seed\":null}");
        List<String> seen = new ArrayList<>();
        cluster.node("fra").beforeFills(() -> {
            seen.add(api.get(path).text());
            seen.add(api.send("GET", path, null, "Authorization", "Bearer " + elsewhere)
                    .text());
        });
        api.post("/v1/databases", "{\"name\":\"copy\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
        assertThat(seen)
                .containsExactly(
                        "{\"seed\":{\"step\":\"filling\",\"bytes_done\":4096,\"bytes_total\":8192}}",
                        "{\"seed\":null}");
        assertThat(api.get(path).text()).isEqualTo("{\"seed\":null}");
    }

    @Test
    void anOriginalThatIsDeletedMeanwhileIsNamed() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        cluster.node("fra").beforeFills(() -> api.delete("/v1/databases/shop"));
        ApiServer.Reply reply =
                api.post("/v1/databases", "{\"name\":\"copy\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid seed: database shop was deleted before it was copied");
        assertThat(api.get("/v1/databases/copy").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "value"})
    void aDatabaseIsCopiedIntoAnyGroupAndNamesItsParent(String key) {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        String shop = api.get("/v1/databases/shop").json().at("/database/DbId").asText();
        ApiServer.Reply created = api.post(
                "/v1/databases",
                "{\"name\":\"copy\",\"group\":\"eu\",\"seed\":{\"type\":\"database\",\"" + key + "\":\"shop\"}}");
        assertThat(created.status()).isEqualTo(200);
        JsonNode copy = api.get("/v1/databases/copy").json().path("database");
        assertThat(copy.at("/parent/id").asText()).isEqualTo(shop);
        assertThat(copy.at("/parent/name").asText()).isEqualTo("shop");
        assertThat(Instant.parse(copy.at("/parent/branched_at").asText())).isBeforeOrEqualTo(Instant.now());
        assertThat(created.json().at("/database/parent")).isEqualTo(copy.path("parent"));
        assertThat(api.get("/v1/databases/copy/configuration").json().path("allowed_ips"))
                .isEmpty();
        assertThat(cluster.node("lhr").copies())
                .containsExactly(Map.entry(DatabaseId.parse(copy.path("DbId").asText()), DatabaseId.parse(shop)));
        assertThat(api.get("/v1/databases?parent=" + shop).json().path("databases"))
                .hasSize(1);
        api.delete("/v1/databases/shop");
        assertThat(api.get("/v1/databases/copy")
                        .json()
                        .at("/database/parent/name")
                        .asText())
                .isEqualTo("shop");
    }

    @Test
    void aCopyThatFailsLeavesNothing() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        cluster.node("fra")
                .groups()
                .forEach(group -> cluster.node("fra")
                        .databases(group)
                        .forEach(database -> cluster.node("fra").dropDatabase(group, database)));
        ApiServer.Reply reply = api.post(
                "/v1/databases",
                "{\"name\":\"copy\",\"group\":\"eu\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
        assertThat(reply.status()).isEqualTo(503);
        assertThat(api.get("/v1/databases/copy").status()).isEqualTo(404);
        assertThat(cluster.node("lhr").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("lhr").databases(group)).isEmpty());
    }

    @Test
    void nameAndOrganizationMustFitInALabel() {
        assertThat(api.post("/v1/databases", "{\"name\":\"" + "a".repeat(58) + "\"}")
                        .status())
                .isEqualTo(200);
        ApiServer.Reply reply = api.post("/v1/databases", "{\"name\":\"" + "a".repeat(59) + "\"}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid database name: name must be between 1 and 58 characters long");
        assertThat(api.post("/v1/databases", "{\"name\":\"" + "a".repeat(65) + "\"}")
                        .error())
                .isEqualTo("invalid database name: name must be between 1 and 64 characters long");
    }

    @Test
    void idsDoNotLookLikeAnotherEngines() {
        for (int i = 0; i < 50; i++) {
            String id = api.post("/v1/databases", "{\"name\":\"db" + i + "\"}")
                    .json()
                    .at("/database/DbId")
                    .asText();
            assertThat(id.replace("-", "").substring(10, 12)).isNotEqualTo("10");
        }
    }

    @Test
    void ofManyWhoCreateTheSameDatabaseOneGetsIt() throws InterruptedException {
        List<Integer> statuses = Concurrently.run(
                16, i -> api.post("/v1/databases", "{\"name\":\"shop\"}").status());
        assertThat(statuses).containsOnly(200, 409);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
        assertThat(cluster.node("fra").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("fra").databases(group)).hasSize(1));
    }

    @Test
    void whenTheCatalogRefusesNothingIsLeftOnTheNode() {
        cluster.database().refuse(Code.DISK_FULL);
        ApiServer.Reply reply = api.post("/v1/databases", "{\"name\":\"shop\"}");
        assertThat(reply.status()).isEqualTo(503);
        cluster.database().refuse(null);
        assertThat(cluster.node("fra").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("fra").databases(group)).isEmpty());
        assertThat(api.post("/v1/databases", "{\"name\":\"shop\"}").status()).isEqualTo(200);
    }

    @Test
    void tooMuchAtOnceIsNoFaultOfTheServer() {
        cluster.database().refuse(Code.OVERLOADED);
        ApiServer.Reply reply = api.post("/v1/databases", "{\"name\":\"shop\"}");
        cluster.database().refuse(null);
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.error()).isEqualTo("too much of this is being done at the moment: try again");
        assertThat(reply.response().headers().firstValue("Retry-After")).contains("1");
        assertThat(api.post("/v1/databases", "{\"name\":\"shop\"}").status()).isEqualTo(200);
    }

    @Test
    void aDraftIsADatabaseWithoutContent() {
        ApiServer.Reply created =
                api.post("/v1/databases", "{\"name\":\"app\",\"seed\":{\"type\":\"database_upload\"}}");
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().at("/database/skerry/state").asText()).isEqualTo("draft");
        assertThat(created.json().at("/database/Hostname").asText()).isNotEmpty();
        assertThat(api.get("/v1/databases")
                        .json()
                        .at("/databases/0/skerry/state")
                        .asText())
                .isEqualTo("draft");
        assertThat(api.post("/v1/databases/app/auth/tokens", "").status()).isEqualTo(200);
        assertThat(api.get("/v1/databases/app/usage").status()).isEqualTo(200);
        ApiServer.Reply copy =
                api.post("/v1/databases", "{\"name\":\"copy\",\"seed\":{\"type\":\"database\",\"name\":\"app\"}}");
        assertThat(copy.status()).isEqualTo(400);
        assertThat(copy.error()).isEqualTo("invalid seed: database app waits for its content itself");
        assertThat(api.post("/v1/databases", "{\"name\":\"app\",\"seed\":{\"type\":\"database_upload\"}}")
                        .status())
                .isEqualTo(409);
        assertThat(api.delete("/v1/databases/app").status()).isEqualTo(200);
        assertThat(api.post("/v1/databases", "{\"name\":\"app\"}")
                        .json()
                        .at("/database/skerry/state")
                        .asText())
                .isEqualTo("active");
    }
}
