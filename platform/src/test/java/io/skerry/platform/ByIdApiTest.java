package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Version 3 of the API: the same objects, by id.
class ByIdApiTest extends ApiTestCase {

    private String root = "";
    private JsonNode shop;
    private JsonNode group;

    @BeforeEach
    void createShop() {
        root = "/v3/organizations/" + cluster.acme().id();
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        shop = api.get("/v1/databases/shop").json().path("database");
        group = api.get("/v1/groups/default").json().path("group");
    }

    @Test
    void objectsAreThoseOfVersionOne() {
        assertThat(api.get(root + "/databases").json())
                .isEqualTo(api.get("/v1/databases").json());
        assertThat(api.get("/v3/organizations/acme/databases").json().path("databases"))
                .hasSize(1);
        assertThat(api.get(root + "/groups").json())
                .isEqualTo(api.get("/v1/groups").json());
        assertThat(api.get(root + "/groups/" + group.path("uuid").asText())
                        .json()
                        .path("group"))
                .isEqualTo(group);
        JsonNode database = api.get(path(shop)).json().path("database");
        shop.properties()
                .forEach(member -> assertThat(database.path(member.getKey())).isEqualTo(member.getValue()));
        assertThat(database.path("delete_protection").isBoolean()).isTrue();
        assertThat(database.path("allow_rules_config")).hasToString("{\"allowed_ips\":[],\"allowed_aws_vpc_ids\":[]}");
    }

    @Test
    void aDatabaseIsCreatedInTheGroupOfAnIdFoundAndDeleted() {
        String eu = api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}")
                .json()
                .at("/group/uuid")
                .asText();
        ApiServer.Reply created = api.post(root + "/databases", "{\"name\":\"crm\",\"group_id\":\"" + eu + "\"}");
        assertThat(created.status()).isEqualTo(200);
        JsonNode crm = created.json().path("database");
        assertThat(crm.path("group").asText()).isEqualTo("eu");
        assertThat(api.get(root + "/databases?group_id=" + eu).json().path("databases"))
                .hasSize(1);
        assertThat(api.get(root + "/databases?limit=1")
                        .json()
                        .at("/pagination/next")
                        .isTextual())
                .isTrue();
        assertThat(api.get(root + "/databases?parent_db_id=" + UUID.randomUUID())
                        .json()
                        .path("databases"))
                .isEmpty();
        assertThat(api.delete(path(crm)).status()).isEqualTo(200);
        assertThat(api.get(path(crm)).status()).isEqualTo(404);
        assertThat(api.get("/v1/databases/crm").status()).isEqualTo(404);
    }

    @Test
    void aCopyGoesWhereItsOriginalIsUnlessAGroupIsNamed() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}");
        ApiServer.Reply copy =
                api.post(root + "/databases", "{\"name\":\"copy\",\"seed\":{\"type\":\"database\",\"value\":\"crm\"}}");
        assertThat(copy.json().at("/database/group").asText()).isEqualTo("eu");
    }

    @Test
    void tokensAreMinted() {
        for (String path :
                List.of(path(shop), root + "/groups/" + group.path("uuid").asText())) {
            ApiServer.Reply minted = api.post(path + "/auth/tokens?expiration=1d&authorization=read-only", "{}");
            assertThat(minted.status()).isEqualTo(200);
            assertThat(minted.json().path("jwt").asText().split("\\.")).hasSize(3);
        }
    }

    @Test
    void whatIsNotThereOrAnothersIsNotFound() {
        cluster.catalog().bootstrap("rival", "rivals.own.token");
        for (String id : List.of(UUID.randomUUID().toString(), "nonsense", "shop")) {
            ApiServer.Reply reply = api.get(root + "/databases/" + id);
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.error()).isEqualTo("could not find database with id " + id + ": record not found");
            assertThat(api.get(root + "/groups/" + id).error()).isEqualTo("group not found");
            assertThat(api.get(root + "/databases?group_id=" + id).status()).isEqualTo(404);
            assertThat(api.post(root + "/databases", "{\"name\":\"x\",\"group_id\":\"" + id + "\"}")
                            .status())
                    .isEqualTo(400);
        }
        for (String path : List.of(
                "/databases/" + id(shop), "/groups/" + group.path("uuid").asText())) {
            String foreign = "/v3/organizations/rival" + path;
            assertThat(api.send("GET", foreign, null, "Authorization", "Bearer rivals.own.token")
                            .status())
                    .isEqualTo(404);
        }
    }

    private String path(JsonNode database) {
        return root + "/databases/" + id(database);
    }

    private static String id(JsonNode database) {
        return database.path("DbId").asText();
    }
}
