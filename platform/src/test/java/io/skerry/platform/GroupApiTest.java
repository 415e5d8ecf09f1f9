package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.testing.TestCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupApiTest {

    private static final String USER = "/v1";
    private static final String ORGANIZATION = "/v1/organizations/acme";

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @Test
    void locationsAreAddedInBothUrlFormsAndListedInOrder() {
        ApiServer.Reply lhr = api.post("/v1/groups/default/locations/lhr");
        assertThat(lhr.status()).isEqualTo(200);
        assertThat(texts(lhr.json().at("/group/locations"))).containsExactly("fra", "lhr");
        ApiServer.Reply bos = api.post("/v1/organizations/acme/groups/default/locations/bos");
        assertThat(texts(bos.json().at("/group/locations"))).containsExactly("fra", "lhr", "bos");
        assertThat(bos.json().at("/group/primary").asText()).isEqualTo("fra");
        String id = cluster.acme().id().toString();
        for (String prefix : List.of(USER, ORGANIZATION, "/v1/organizations/", "/v1/organizations/" + id)) {
            assertThat(api.get(prefix + "/groups/default").json()).isEqualTo(bos.json());
        }
    }

    @Test
    void addingALocationTwiceChangesNothing() {
        api.post("/v1/groups/default/locations/lhr");
        long frame = cluster.catalog().frame().value();
        ApiServer.Reply again = api.post("/v1/groups/default/locations/lhr");
        assertThat(again.status()).isEqualTo(200);
        assertThat(texts(again.json().at("/group/locations"))).containsExactly("fra", "lhr");
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
    }

    @ParameterizedTest
    @ValueSource(strings = {USER, ORGANIZATION})
    void aGroupIsCreatedListedAndDeleted(String prefix) {
        ApiServer.Reply created = api.post(prefix + "/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        assertThat(created.status()).isEqualTo(200);
        JsonNode group = created.json().path("group");
        assertThat(group.path("name").asText()).isEqualTo("eu");
        assertThat(group.path("primary").asText()).isEqualTo("lhr");
        assertThat(texts(group.path("locations"))).containsExactly("lhr");
        assertThat(group.path("delete_protection").isBoolean()).isTrue();
        assertThat(group.at("/status/locations/0/status").asText()).isEqualTo("up");
        assertThat(names(api.get(prefix + "/groups").json().path("groups"))).containsExactly("default", "eu");
        assertThat(api.get(prefix + "/groups/eu").json()).isEqualTo(created.json());
        ApiServer.Reply deleted = api.delete(prefix + "/groups/eu");
        assertThat(deleted.json()).isEqualTo(created.json());
        assertThat(api.get(prefix + "/groups/eu").status()).isEqualTo(404);
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    @Test
    void goClientsSendTheirKeysCapitalised() {
        ApiServer.Reply created = api.post("/v1/groups", "{\"Name\":\"eu\",\"Location\":\"bos\",\"Version\":\"\"}");
        assertThat(created.json().at("/group/primary").asText()).isEqualTo("bos");
    }

    @Test
    void aGroupWithoutALocationGoesToTheFirstNode() {
        assertThat(api.post("/v1/groups", "{\"name\":\"eu\"}")
                        .json()
                        .at("/group/primary")
                        .asText())
                .isEqualTo("fra");
    }

    @Test
    void deletingAGroupTakesItsDatabasesAndListenersAlong() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.post("/v1/groups/default/locations/lhr");
        assertThat(cluster.node("lhr").groups()).hasSize(1);
        assertThat(api.delete("/v1/groups/default").status()).isEqualTo(200);
        assertThat(api.get("/v1/databases").json().path("databases")).isEmpty();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        assertThat(cluster.node("fra").groups()).isEmpty();
    }

    @Test
    void aRemovedLocationIsGoneAndCannotBeRemovedAgain() {
        api.post("/v1/groups/default/locations/lhr");
        ApiServer.Reply removed = api.delete("/v1/groups/default/locations/lhr");
        assertThat(texts(removed.json().at("/group/locations"))).containsExactly("fra");
        assertThat(cluster.node("lhr").groups()).isEmpty();
        ApiServer.Reply again = api.delete("/v1/groups/default/locations/lhr");
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.error()).isEqualTo("Invalid location code");
    }

    @Test
    void waitHoldsUntilTheLocationServes() {
        cluster.node("lhr").serving(false);
        api.post("/v1/groups/default/locations/lhr");
        ApiServer.Reply early = api.get("/v1/groups/default/locations/lhr/wait");
        assertThat(early.status()).isEqualTo(504);
        JsonNode joining = api.get("/v1/groups/default").json().path("group");
        assertThat(joining.at("/skerry/locations/1/serving").asBoolean()).isFalse();
        assertThat(joining.at("/status/locations/1/status").asText()).isEqualTo("down");
        cluster.node("lhr").serving(true);
        ApiServer.Reply ready = api.get("/v1/groups/default/locations/lhr/wait");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.text()).isEqualTo("{}");
        assertThat(api.get("/v1/groups/default")
                        .json()
                        .at("/group/status/locations/1/status")
                        .asText())
                .isEqualTo("up");
    }

    @Test
    void addingALocationWhoseNodeDoesNotAnswerIsAnsweredAndListsIt() {
        cluster.node("lhr").reachable(false);
        ApiServer.Reply added = api.post("/v1/groups/default/locations/lhr");
        assertThat(added.status()).isEqualTo(200);
        assertThat(texts(added.json().at("/group/locations"))).containsExactly("fra", "lhr");
        assertThat(added.json().at("/group/status/locations/1/status").asText()).isEqualTo("down");
        assertThat(api.get("/v1/groups/default/locations/lhr/wait").status()).isEqualTo(504);
    }

    @Test
    void aLocationThatDoesNotAnswerIsDown() {
        api.post("/v1/groups/default/locations/lhr");
        cluster.node("lhr").reachable(false);
        JsonNode status = api.get("/v1/groups/default").json().at("/group/status/locations");
        assertThat(status.at("/0/status").asText()).isEqualTo("up");
        assertThat(status.at("/1/status").asText()).isEqualTo("down");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | /groups/nope/locations/lhr              | 404 | group not found
            POST   | /groups/default/locations/amss          | 400 | invalid location: amss
            POST   | /groups/default/locations/ams           | 400 | invalid location: ams
            POST   | /groups/default/locations/LHR           | 400 | invalid location: LHR
            DELETE | /groups/default/locations/fra           | 400 | cannot remove primary location fra from group default
            DELETE | /groups/default/locations/lhr           | 400 | Invalid location code
            DELETE | /groups/default/locations/x%20y         | 400 | Invalid location code
            DELETE | /groups/nope/locations/lhr              | 404 | group not found
            GET    | /groups/nope                            | 404 | group not found
            GET    | /groups/%2e%2e                          | 404 | group not found
            DELETE | /groups/nope                            | 404 | group not found
            GET    | /groups/nope/locations/fra/wait         | 404 | group not found
            GET    | /groups/default/locations/lhr/wait      | 404 | location lhr is not part of group default
            GET    | /groups/nope/configuration              | 404 | group not found
            PATCH  | /groups/nope/configuration              | 404 | group not found
            POST   | /groups/nope/unarchive                  | 404 | group not found
            POST   | /groups/nope/update                     | 404 | group not found
            GET    | /groups/nope/aws/migration/info         | 404 | group not found
            POST   | /groups/nope/aws/migration/start        | 404 | group not found
            POST   | /groups/nope/auth/tokens                | 404 | group not found
            POST   | /groups/nope/auth/rotate                | 404 | group not found
            """)
    void refusesWithTheDocumentedTexts(String method, String path, int status, String text) {
        for (String prefix : List.of(USER, ORGANIZATION)) {
            long frame = cluster.catalog().frame().value();
            ApiServer.Reply reply = api.send(method, prefix + path, null);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
            assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"default"}                    | 409 | group already exists
            {"name":"eu","location":"ams"}        | 400 | invalid location: ams
            {"name":"eu","location":"../x"}       | 400 | invalid location: ../x
            {"name":"eu","location":7}            | 400 | invalid request body: location must be a string
            {"name":"eu","extensions":5}          | 400 | invalid request body: extensions must be "all" or a list of strings
            {"name":"eu","extensions":[5]}        | 400 | invalid request body: extensions must be "all" or a list of strings
            {}                                    | 400 | invalid group name: name must be between 1 and 64 characters long
            {"name":""}                           | 400 | invalid group name: name must be between 1 and 64 characters long
            {"name":"Eu"}                         | 400 | invalid group name: name can only contain lowercase letters, numbers, and hyphens
            {"name":"../../etc"}                  | 400 | invalid group name: name can only contain lowercase letters, numbers, and hyphens
            {"name":"-eu"}                        | 400 | invalid group name: name cannot start or end with a hyphen
            {"name":["eu"]}                       | 400 | invalid request body: name must be a string
            {"name":"eu"                          | 400 | invalid request body: not JSON
            ["eu"]                                | 400 | invalid request body: must be a JSON object
            "eu"                                  | 400 | invalid request body: must be a JSON object
            """)
    void refusesToCreateWhatMakesNoSense(String body, int status, String text) {
        ApiServer.Reply reply = api.post("/v1/groups", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(names(api.get("/v1/groups").json().path("groups"))).containsExactly("default");
    }

    @ParameterizedTest
    @ValueSource(strings = {USER, ORGANIZATION})
    void aProtectedGroupIsNotDeletedUntilTheProtectionIsLifted(String prefix) {
        String path = prefix + "/groups/default/configuration";
        assertThat(api.get(path).text()).isEqualTo("{\"delete_protection\":false}");
        ApiServer.Reply on = api.send("PATCH", path, "{\"delete_protection\":true}");
        assertThat(on.text()).isEqualTo("{\"delete_protection\":true}");
        for (String nothing : List.of("", "{}", "{\"delete_protection\":null}", "{\"delete_protection\":true}")) {
            long frame = cluster.catalog().frame().value();
            assertThat(api.send("PATCH", path, nothing).json()).isEqualTo(on.json());
            assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        }
        assertThat(api.get(path).json()).isEqualTo(on.json());
        assertThat(api.get(prefix + "/groups/default")
                        .json()
                        .at("/group/delete_protection")
                        .asBoolean())
                .isTrue();
        ApiServer.Reply refused = api.delete(prefix + "/groups/default");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("group default is protected from deletion: lift the protection first");
        api.send("PATCH", path, "{\"delete_protection\":false}");
        assertThat(api.delete(prefix + "/groups/default").status()).isEqualTo(200);
    }

    @Test
    void aGroupIsNotDeletedWithADatabaseThatIsProtected() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.send("PATCH", "/v1/databases/shop/configuration", "{\"delete_protection\":true}");
        ApiServer.Reply refused = api.delete("/v1/groups/default");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error())
                .isEqualTo("database shop of group default is protected from deletion: lift the protection first");
        assertThat(api.get("/v1/databases/shop").status()).isEqualTo(200);
        api.send("PATCH", "/v1/databases/shop/configuration", "{\"delete_protection\":false}");
        assertThat(api.delete("/v1/groups/default").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {USER, ORGANIZATION})
    void aRenamedGroupKeepsAllButItsName(String prefix) {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        JsonNode before = api.get("/v1/groups/default").json().path("group");
        JsonNode shop = api.get("/v1/databases/shop").json().path("database");
        ApiServer.Reply renamed = api.post(prefix + "/groups/default/rename", "{\"Name\":\"eu\"}");
        assertThat(renamed.status()).isEqualTo(200);
        assertThat(renamed.json().at("/group/name").asText()).isEqualTo("eu");
        assertThat(renamed.json().at("/group/uuid")).isEqualTo(before.path("uuid"));
        assertThat(api.get(prefix + "/groups/default").status()).isEqualTo(404);
        JsonNode after = api.get("/v1/databases/shop").json().path("database");
        assertThat(after.path("group").asText()).isEqualTo("eu");
        assertThat(after.path("Hostname")).isEqualTo(shop.path("Hostname"));
        assertThat(api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}")
                        .status())
                .isEqualTo(200);
        // The old name is free, and means another group from now on.
        assertThat(api.post("/v1/groups", "{\"name\":\"default\"}").status()).isEqualTo(200);
        assertThat(api.get("/v1/databases?group=default").json().path("databases"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            default | {"name":"eu"}    | 409 | group already exists
            default | {"name":"E U"}   | 400 | invalid group name: name can only contain lowercase letters, numbers, and hyphens
            default | {}               | 400 | invalid group name: name must be between 1 and 64 characters long
            default | {"name":7}       | 400 | invalid request body: name must be a string
            nope    | {"name":"us"}    | 404 | group not found
            """)
    void refusesToRename(String group, String body, int status, String text) {
        api.post("/v1/groups", "{\"name\":\"eu\"}");
        ApiServer.Reply reply = api.post("/v1/groups/" + group + "/rename", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(names(api.get("/v1/groups").json().path("groups"))).containsExactly("default", "eu");
    }

    @Test
    void renamingAGroupToItsOwnNameChangesNothing() {
        long frame = cluster.catalog().frame().value();
        assertThat(api.post("/v1/groups/default/rename", "{\"name\":\"default\"}")
                        .status())
                .isEqualTo(200);
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
    }

    @Test
    void anArchivedGroupIsBroughtBackAndAnotherStaysAsItIs() {
        long frame = cluster.catalog().frame().value();
        assertThat(api.post("/v1/groups/default/unarchive").json())
                .isEqualTo(api.get("/v1/groups/default").json());
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        assertThat(api.post("/v1/groups/default/archive")
                        .json()
                        .at("/group/archived")
                        .asBoolean())
                .isTrue();
        assertThat(api.get("/v1/groups/default").json().at("/group/archived").asBoolean())
                .isTrue();
        assertThat(cluster.node("fra").archived()).hasSize(1);
        ApiServer.Reply refused = api.post("/v1/databases", "{\"name\":\"new\",\"group\":\"default\"}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).contains("group default is archived");
        assertThat(api.post("/v1/groups/default/unarchive")
                        .json()
                        .at("/group/archived")
                        .asBoolean(true))
                .isFalse();
    }

    @Test
    void thereIsNothingToUpdateOrToMigrateTo() {
        assertThat(api.post("/v1/groups/default/update", "{\"Version\":\"\"}").text())
                .isEqualTo("{}");
        assertThat(api.get("/v1/groups/default/aws/migration/info").text())
                .isEqualTo("{\"status\":\"none\",\"comment\":\"\"}");
        for (String order : List.of("start", "abort")) {
            ApiServer.Reply reply = api.post("/v1/groups/default/aws/migration/" + order);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).contains("nothing to migrate it to");
        }
    }

    @Test
    void ofTwoWhoCreateTheSameGroupOneGetsIt() throws InterruptedException {
        List<Integer> statuses = Concurrently.run(
                8, i -> api.post("/v1/groups", "{\"name\":\"eu\"}").status());
        assertThat(statuses).containsOnly(200, 409);
        assertThat(statuses.stream().filter(status -> status == 200)).hasSize(1);
        assertThat(cluster.node("fra").groups()).hasSize(2);
    }

    @Test
    void concurrentAddsOfALocationAreOne() throws InterruptedException {
        List<Integer> statuses = Concurrently.run(
                8, i -> api.post("/v1/groups/default/locations/lhr").status());
        assertThat(statuses).containsOnly(200);
        assertThat(texts(api.get("/v1/groups/default").json().at("/group/locations")))
                .containsExactly("fra", "lhr");
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static List<String> names(JsonNode objects) {
        List<String> names = new ArrayList<>();
        objects.forEach(node -> names.add(node.path("name").asText()));
        return names;
    }
}
