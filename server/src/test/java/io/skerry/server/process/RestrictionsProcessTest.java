package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.process.Client.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a database's configuration forbids is forbidden at every location once the call that set it has answered,
/// whichever node it was sent to.
class RestrictionsProcessTest {

    private static final List<String> LOCATIONS = List.of("fra", "lhr", "bos");

    private static final String GROUP = "/v1/groups/default";

    @TempDir
    Path files;

    private final Client client = new Client();
    private String admin = "";
    private String token = "";
    private String group = "";
    private String rows = "";

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void theConfigurationCountsEverywhereAtOnce() throws Exception {
        Path data = files.resolve("data");
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            URI fra = skerry.node("fra");
            admin = Files.readString(data.resolve("token")).strip();
            token = client.createShop(fra, admin);
            for (String location : List.of("lhr", "bos")) {
                String path = "/v1/groups/default/locations/" + location;
                assertThat(client.call("POST", URI.create(fra + path), admin, "")
                                .status())
                        .isEqualTo(200);
                assertThat(client.call("GET", URI.create(fra + path + "/wait"), admin, "")
                                .status())
                        .isEqualTo(200);
            }
            assertThat(Client.ok(client.sql(fra, token, "INSERT INTO t VALUES (1)")))
                    .isTrue();

            blocks(skerry);
            size(skerry);
            addresses(skerry);
            attaching(skerry);
            endpoints(skerry);
            archive(skerry);
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            assertArchived(skerry);
            bringBack(skerry);
            endStreams(skerry);
            deleteArchived(skerry, data);
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    private void archive(SkerryProcess skerry) throws Exception {
        URI fra = skerry.node("fra");
        rows = Client.value(client.sql(fra, token, "SELECT count(*) FROM t"));
        Answer open = client.stream(fra, token, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES ('never')");
        assertThat(Client.ok(open)).isTrue();
        assertThat(Client.ok(client.stream(skerry.node("bos"), token, null, "SELECT * FROM t")))
                .isTrue();
        Answer shown = client.call("GET", URI.create(fra + GROUP), admin, "");
        group = shown.body().at("/group/uuid").asText();
        assertThat(skerry.openFiles(group)).isNotEmpty();

        Answer archived = client.call("POST", URI.create(skerry.node("lhr") + GROUP + "/archive"), admin, "");

        assertThat(archived.status()).as("%s", archived.body()).isEqualTo(200);
        assertThat(archived.body().at("/group/archived").asBoolean()).isTrue();
        Answer late = client.stream(fra, token, open.body().path("baton").asText(), "COMMIT");
        assertThat(late.status()).as("%s", late.body()).isEqualTo(400);
        assertThat(late.body().path("code").asText()).isEqualTo("GROUP_ARCHIVED");
        assertArchived(skerry);
    }

    private void assertArchived(SkerryProcess skerry) throws Exception {
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            for (Answer refused : List.of(
                    client.sql(node, token, "SELECT 1"),
                    client.call("GET", URI.create(node + "/dev/shop/dump"), token, ""))) {
                assertThat(refused.status()).as(location).isEqualTo(400);
                assertThat(refused.body().path("code").asText()).isEqualTo("GROUP_ARCHIVED");
                assertThat(refused.body().path("message").asText())
                        .contains("group default is archived")
                        .contains("unarchive");
            }
            assertThat(client.sql(node, token + "x", "SELECT 1").status()).isEqualTo(401);
            Answer shop = client.call("GET", URI.create(node + "/v1/databases/shop"), admin, "");
            assertThat(shop.body().at("/database/archived").asBoolean()).isTrue();
        }
        Await.until(() -> assertThat(skerry.openFiles(group)).isEmpty());
        Answer usage = client.call("GET", URI.create(skerry.node("fra") + "/v1/databases/shop/usage"), admin, "");
        assertThat(usage.body().at("/total/storage_bytes").asLong()).isGreaterThan(1_000_000);
    }

    private void bringBack(SkerryProcess skerry) throws IOException, InterruptedException {
        Answer back = client.call("POST", URI.create(skerry.node("bos") + GROUP + "/unarchive"), admin, "");
        assertThat(back.status()).as("%s", back.body()).isEqualTo(200);
        assertThat(back.body().at("/group/archived").asBoolean()).isFalse();
        for (String location : LOCATIONS) {
            assertThat(Client.value(client.sql(skerry.node(location), token, "SELECT count(*) FROM t")))
                    .as(location)
                    .isEqualTo(rows);
        }
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            assertThat(Client.ok(client.sql(node, token, "INSERT INTO t VALUES ('back')")))
                    .as(location)
                    .isTrue();
            assertThat(client.call("GET", URI.create(node + GROUP + "/locations/" + location + "/wait"), admin, "")
                            .status())
                    .isEqualTo(200);
        }
    }

    /// Also the streams that a node had open when the group was archived there are no more when it is back.
    private void endStreams(SkerryProcess skerry) throws IOException, InterruptedException {
        URI fra = skerry.node("fra");
        String baton = client.stream(fra, token, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES ('never')")
                .body()
                .path("baton")
                .asText();
        for (String change : List.of("/archive", "/unarchive")) {
            assertThat(client.call("POST", URI.create(fra + GROUP + change), admin, "")
                            .status())
                    .isEqualTo(200);
        }
        assertThat(client.stream(fra, token, baton, "COMMIT").status()).isEqualTo(400);
        assertThat(Client.value(client.sql(fra, token, "SELECT count(*) FROM t WHERE x = 'never'")))
                .isEqualTo("0");
    }

    private void deleteArchived(SkerryProcess skerry, Path data) throws Exception {
        URI fra = skerry.node("fra");
        assertThat(client.call("POST", URI.create(fra + GROUP + "/archive"), admin, "")
                        .status())
                .isEqualTo(200);
        Await.until(() -> assertThat(data.resolve("lhr/raft/archived/" + group)).exists());
        assertThat(client.call("DELETE", URI.create(fra + GROUP), admin, "").status())
                .isEqualTo(200);
        for (String location : LOCATIONS) {
            Await.until(() -> {
                assertThat(data.resolve(location + "/raft/archived/" + group)).doesNotExist();
                assertThat(data.resolve(location + "/raft/log/" + group)).doesNotExist();
                assertThat(data.resolve(location + "/groups/" + group)).doesNotExist();
            });
        }
    }

    private void blocks(SkerryProcess skerry) throws IOException, InterruptedException {
        URI fra = skerry.node("fra");
        Answer open = client.stream(fra, token, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)");
        assertThat(Client.ok(open)).isTrue();

        configure(skerry.node("lhr"), "{\"block_writes\":true}");

        Answer late = client.stream(fra, token, open.body().path("baton").asText(), "COMMIT");
        assertThat(code(late)).isEqualTo("BLOCKED");
        client.stream(fra, token, late.body().path("baton").asText(), "ROLLBACK");
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            assertThat(code(client.sql(node, token, "INSERT INTO t VALUES (3)")))
                    .as(location)
                    .isEqualTo("BLOCKED");
            assertThat(Client.value(client.sql(node, token, "SELECT count(*) FROM t")))
                    .as(location)
                    .isEqualTo("1");
        }
        configure(skerry.node("bos"), "{\"block_reads\":true}");
        for (String location : LOCATIONS) {
            assertThat(code(client.sql(skerry.node(location), token, "SELECT 1")))
                    .as(location)
                    .isEqualTo("BLOCKED");
        }
        configure(fra, "{\"block_reads\":false,\"block_writes\":false}");
        for (String location : LOCATIONS) {
            assertThat(Client.ok(client.sql(skerry.node(location), token, "INSERT INTO t VALUES (4)")))
                    .as(location)
                    .isTrue();
        }
    }

    private void size(SkerryProcess skerry) throws IOException, InterruptedException {
        configure(skerry.node("bos"), "{\"size_limit\":\"256kb\"}");
        for (String location : LOCATIONS) {
            Answer full = client.sql(skerry.node(location), token, "INSERT INTO t VALUES (zeroblob(1000000))");
            assertThat(code(full)).as(location).isEqualTo("SQLITE_FULL");
            assertThat(full.body().at("/results/0/error/message").asText()).contains("size_limit is 262144 bytes");
        }
        configure(skerry.node("bos"), "{\"size_limit\":\"0\"}");
        assertThat(Client.ok(client.sql(skerry.node("lhr"), token, "INSERT INTO t VALUES (zeroblob(1000000))")))
                .isTrue();
    }

    private void addresses(SkerryProcess skerry) throws IOException, InterruptedException {
        configure(skerry.node("lhr"), "{\"allowed_ips\":[\"192.0.2.0/24\"]}");
        for (String location : LOCATIONS) {
            assertThat(client.sql(skerry.node(location), token, "SELECT 1").status())
                    .as(location)
                    .isEqualTo(403);
        }
        // A write at lhr reaches fra from a node's address, and counts as the client's that it is.
        configure(skerry.node("lhr"), "{\"allowed_ips\":[\"127.0.0.0/8\",\"::1\"]}");
        assertThat(Client.ok(client.sql(skerry.node("lhr"), token, "INSERT INTO t VALUES (5)")))
                .isTrue();
    }

    private void attaching(SkerryProcess skerry) throws IOException, InterruptedException {
        URI fra = skerry.node("fra");
        assertThat(client.call("POST", URI.create(fra + "/v1/databases"), admin, "{\"name\":\"crm\"}")
                        .status())
                .isEqualTo(200);
        String mint = "/v1/databases/crm/auth/tokens";
        String permissions = "{\"permissions\":{\"read_attach\":{\"databases\":[\"shop\"]}}}";
        String plain = client.call("POST", URI.create(fra + mint), admin, "{}")
                .body()
                .path("jwt")
                .asText();
        String reader = client.call("POST", URI.create(fra + mint), admin, permissions)
                .body()
                .path("jwt")
                .asText();
        String[] use = {"ATTACH shop AS s", "SELECT count(*) FROM s.t"};
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            assertThat(crm(node, plain, null, use).body().path("error").asText())
                    .as(location)
                    .contains("Attach permission to namespace shop");
            assertThat(crm(node, reader, null, use).body().path("error").asText())
                    .as(location)
                    .isEqualTo("Namespace `shop` doesn't allow attach");
        }
        configure(skerry.node("lhr"), "{\"allow_attach\":true,\"allowed_ips\":[]}");
        assertThat(Client.ok(crm(fra, reader, null, "CREATE TABLE own (n)"))).isTrue();
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            Answer attached = crm(node, reader, null, use);
            assertThat(Client.ok(attached))
                    .as("%s: %s", location, attached.body())
                    .isTrue();
            // Where it is written matters to nobody: what is attached goes along.
            Answer written = crm(node, reader, baton(attached), "INSERT INTO own SELECT count(*) FROM s.t");
            assertThat(Client.ok(written))
                    .as("%s: %s", location, written.body())
                    .isTrue();
            Answer open = crm(node, reader, baton(written), "BEGIN", "SELECT count(*) FROM s.t");
            configure(skerry.node("bos"), "{\"allow_attach\":false}");
            Answer ended = crm(node, reader, baton(open), "SELECT count(*) FROM s.t");
            assertThat(code(ended)).as(location).isEqualTo("ATTACHMENT_ENDED");
            configure(skerry.node("bos"), "{\"allow_attach\":true}");
        }
        assertThat(Client.value(crm(skerry.node("bos"), reader, null, "SELECT count(*) FROM own")))
                .isEqualTo("3");
        assertThat(client.call("POST", URI.create(fra + "/v1/databases/shop/auth/rotate"), admin, "")
                        .status())
                .isEqualTo(200);
        for (String location : LOCATIONS) {
            assertThat(crm(skerry.node(location), reader, null, use).status())
                    .as(location)
                    .isEqualTo(403);
        }
        token = client.call("POST", URI.create(fra + "/v1/databases/shop/auth/tokens"), admin, "{}")
                .body()
                .path("jwt")
                .asText();
    }

    private void endpoints(SkerryProcess skerry) throws IOException, InterruptedException {
        configure(skerry.node("lhr"), "{\"allowed_aws_vpc_ids\":[\"vpce-0123\"]}");
        for (String location : LOCATIONS) {
            assertThat(client.sql(skerry.node(location), token, "SELECT 1").status())
                    .as(location)
                    .isEqualTo(403);
        }
        configure(skerry.node("lhr"), "{\"allowed_aws_vpc_ids\":null}");
        assertThat(Client.ok(client.sql(skerry.node("bos"), token, "SELECT 1"))).isTrue();
    }

    private Answer crm(URI node, String with, @Nullable String baton, String... sql)
            throws IOException, InterruptedException {
        return client.streamOf("crm", node, with, baton, sql);
    }

    private static String baton(Answer answer) {
        return answer.body().path("baton").asText();
    }

    private void configure(URI node, String body) throws IOException, InterruptedException {
        Answer answer = client.call("PATCH", URI.create(node + "/v1/databases/shop/configuration"), admin, body);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    }

    private static String code(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return answer.body().at("/results/0/error/code").asText();
    }
}
