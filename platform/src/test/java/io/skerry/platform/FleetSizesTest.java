package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.fleet.FleetSizes;
import io.skerry.catalog.testing.TestCluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How many groups and databases there may be, and what one more is told.
class FleetSizesTest {

    private final TestCluster cluster = new TestCluster(new FleetSizes(2, 2));
    private final ApiServer api = new ApiServer(cluster);

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @Test
    void aLocationThatHasAsManyGroupsAsItMayTakesNoMore() {
        assertThat(api.post("/v1/groups", "{\"name\":\"a\",\"location\":\"lhr\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.post("/v1/groups", "{\"name\":\"b\",\"location\":\"lhr\"}")
                        .status())
                .isEqualTo(200);
        String refusal =
                "maximum group count of 2 reached at location lhr: delete or archive a group there, or take the location"
                        + " from one";
        ApiServer.Reply group = api.post("/v1/groups", "{\"name\":\"c\",\"location\":\"lhr\"}");
        assertThat(group.status()).isEqualTo(400);
        assertThat(group.error()).isEqualTo(refusal);
        ApiServer.Reply location = api.post("/v1/groups/default/locations/lhr");
        assertThat(location.status()).isEqualTo(400);
        assertThat(location.error()).isEqualTo(refusal);
        assertThat(cluster.node("lhr").groups()).hasSize(2);
        assertThat(api.post("/v1/groups/default/locations/bos").status()).isEqualTo(200);
    }

    @Test
    void aGroupThatHasAsManyDatabasesAsItMayTakesNoMore() {
        for (String name : List.of("a", "b")) {
            assertThat(api.post("/v1/databases", "{\"name\":\"" + name + "\"}").status())
                    .isEqualTo(200);
        }
        ApiServer.Reply third = api.post("/v1/databases", "{\"name\":\"c\"}");
        assertThat(third.status()).isEqualTo(400);
        assertThat(third.error())
                .isEqualTo(
                        "maximum database count of 2 reached in this group: delete a database, or use another group");
        assertThat(cluster.node("fra")
                        .databases(cluster.node("fra").groups().iterator().next()))
                .hasSize(2);
    }
}
