package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.testing.LaggingDatabase;
import io.skerry.catalog.testing.TestCluster;
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
}
