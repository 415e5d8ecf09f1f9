package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.testing.LaggingDatabase;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.FrameNo;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A node to which no change of the catalog comes before it waits for one.
class FreshReadsTest {

    private final TestCluster cluster = new TestCluster();
    private final LaggingDatabase copy = new LaggingDatabase(cluster.database());
    private final ApiServer leader = new ApiServer(cluster);
    private final ApiServer other = ApiServer.following(cluster, leader.url(), new Catalog(copy));

    @AfterEach
    void close() {
        other.close();
        leader.close();
        copy.close();
        cluster.close();
    }

    @Test
    void whatAnotherNodeMadeIsFoundByItsNameAndItsId() {
        String id = leader.post("/v1/databases", "{\"name\":\"shop\"}")
                .json()
                .path("database")
                .path("DbId")
                .asText();
        assertThat(other.get("/v1/databases/shop").status()).isEqualTo(200);
        leader.post("/v1/groups", "{\"name\":\"west\",\"location\":\"lhr\"}");
        assertThat(other.get("/v1/groups/west").status()).isEqualTo(200);
        assertThat(other.get("/v3/organizations/acme/databases/" + id).status()).isEqualTo(200);
        assertThat(other.get("/v1/databases/nothing").status()).isEqualTo(404);
    }

    @Test
    void aTokenThatAnotherNodeMadeIsNoGuess() {
        for (int i = 0; i < 3; i++) {
            String token = leader.post("/v1/auth/api-tokens/ci" + i)
                    .json()
                    .path("token")
                    .asText();
            assertThat(other.send("GET", "/v1/databases", null, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
        }
        assertThat(other.send("GET", "/v1/databases", null, "Authorization", "Bearer a.b.c")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aDeletionIsAnsweredWhenTheOtherNodesKnow() {
        leader.post("/v1/databases", "{\"name\":\"shop\"}");
        leader.delete("/v1/databases/shop");
        assertThat(cluster.node("lhr").awaited()).isEqualTo(cluster.catalog().frame());
        leader.post("/v1/groups", "{\"name\":\"west\",\"location\":\"lhr\"}");
        leader.delete("/v1/groups/west");
        assertThat(cluster.node("bos").awaited()).isEqualTo(cluster.catalog().frame());
    }

    @Test
    void whatMustCountEverywhereIsAnsweredWhenTheOtherNodesKnow() {
        leader.post("/v1/databases", "{\"name\":\"shop\"}");
        leader.post("/v1/organizations", "{\"name\":\"team\"}");
        changed("POST", "/v1/databases/shop/auth/rotate", "");
        changed("POST", "/v1/groups/default/auth/rotate", "");
        changed("PATCH", "/v1/databases/shop/configuration", "{\"block_reads\":true}");
        changed("PUT", "/v2/organizations/acme/jwks/clerk", "{\"jwks_url\":\"https://a.b\"}");
        changed("DELETE", "/v2/organizations/acme/jwks/clerk", "");
        changed("POST", "/v1/auth/api-tokens/ci", "");
        leader.post("/v1/groups/default/archive");
        changed("POST", "/v1/groups/default/unarchive", "");
        changed("POST", "/v1/groups/default/transfer", "{\"organization\":\"team\"}");
        String client = leader.post("/v1/oauth/clients", "{\"name\":\"app\",\"redirect_uris\":[\"https://a.b/c\"]}")
                .json()
                .at("/client/id")
                .asText();
        changed("DELETE", "/v1/oauth/clients/" + client, "");
    }

    private void changed(String method, String path, String body) {
        FrameNo before = cluster.catalog().frame();
        ApiServer.Reply reply = leader.send(method, path, body);
        assertThat(reply.status()).as("%s: %s", path, reply.text()).isEqualTo(200);
        assertThat(cluster.catalog().frame()).as(path).isNotEqualTo(before);
        for (String node : List.of("fra", "lhr", "bos")) {
            assertThat(cluster.node(node).awaited())
                    .as("%s at %s", path, node)
                    .isEqualTo(cluster.catalog().frame());
        }
    }
}
