package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What clients may ask of single databases although it is their group that decides.
class InstanceApiTest extends ApiTestCase {

    @BeforeEach
    void createShop() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST   | shop/instances     | {"Location":"lhr"} | 400 | database shop is part of a group (default): add the location to the group instead
            POST   | nope/instances     | {"location":"lhr"} | 404 | could not find database with name nope: record not found
            DELETE | shop/instances/fra |                    | 400 | database shop is part of a group (default): remove the location from the group instead
            DELETE | shop/instances/lhr |                    | 404 | could not find instance lhr of database shop
            DELETE | nope/instances/fra |                    | 404 | could not find database nope to delete instance from
            GET    | shop/instances/lhr/wait |               | 404 | could not find instance lhr of database shop
            GET    | nope/instances/fra/wait |               | 404 | could not find database with name nope: record not found
            POST   | shop/wakeup        |                    | 400 | database shop is part of a group (default): unarchive the group instead
            POST   | shop/transfer      | {"org":"beta"}     | 400 | database shop is part of a group (default): transfer the group instead
            POST   | nope/wakeup        |                    | 404 | could not find database with name nope: record not found
            POST   | shop/seed          |                    | 400 | a database takes its content when it is created: name the seed there
            POST   | nope/update        |                    | 404 | could not find database with name nope: record not found
            """)
    void whatIsTheGroupsIsRefusedInWordsThatClientsKnow(
            String method, String path, String body, int status, String text) {
        for (String prefix : List.of("/v1", "/v1/organizations/acme")) {
            ApiServer.Reply reply = api.send(method, prefix + "/databases/" + path, body);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
        }
    }

    @Test
    void waitHoldsUntilTheInstanceServes() {
        assertThat(api.get("/v1/databases/shop/instances/fra/wait").text()).isEqualTo("{}");
        cluster.node("lhr").serving(false);
        api.post("/v1/groups/default/locations/lhr");
        assertThat(api.get("/v1/databases/shop/instances/lhr/wait").status()).isEqualTo(504);
        cluster.node("lhr").serving(true);
        assertThat(api.get("/v1/databases/shop/instances/lhr/wait").text()).isEqualTo("{}");
    }

    @Test
    void anUpdateChangesNothing() {
        long frame = cluster.catalog().frame().value();
        assertThat(api.post("/v1/databases/shop/update?group=true").text()).isEqualTo("{}");
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
    }
}
