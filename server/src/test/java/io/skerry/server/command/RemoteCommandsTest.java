package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.DevCluster;
import io.skerry.server.config.Configuration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The commands that ask a server, against one with two locations.
@Timeout(120)
class RemoteCommandsTest {

    @TempDir
    private static Path directory;

    private static DevCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        var locations = List.of(new LocationCode("fra"), new LocationCode("lhr"));
        cluster = DevCluster.start(
                new DevCluster.Plan(directory, locations, 0, "default", null, Configuration.defaults()));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private record Result(int code, String out, String err) {}

    private static Result skerry(String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--url", cluster.nodes().getFirst().uri().toString(), "--data", directory.toString()));
        return run(all);
    }

    private static Result run(List<String> command) {
        var out = new StringWriter();
        var err = new StringWriter();
        CommandLine line = SkerryCommand.line(command.toArray(String[]::new));
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = line.execute(command.toArray(String[]::new));
        return new Result(code, out.toString(), err.toString());
    }

    private static String ok(String... command) {
        var result = skerry(command);
        assertThat(result.code()).as(result.err()).isZero();
        return result.out();
    }

    private static void refused(String why, String... command) {
        var result = skerry(command);
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).startsWith("skerry: ").contains(why);
        assertThat(result.err().lines()).hasSize(1);
    }

    @Test
    void aGroupIsPutSomewhereAndTakenAway() {
        assertThat(ok("group", "create", "edge", "--location", "fra")).isEqualTo("Created group edge at fra.\n");
        assertThat(ok("group", "add", "edge", "lhr", "--wait")).isEqualTo("Group edge is at lhr, and serves there.\n");
        assertThat(ok("group", "list").lines().map(String::strip))
                .anyMatch(line -> line.matches("edge +fra +fra,lhr +false +false"));
        assertThat(ok("group", "show", "edge")).containsPattern("lhr +true");
        assertThat(ok("group", "usage", "edge")).containsPattern("databases +0\nlocations +2\n");
        refused("cannot remove primary location", "group", "remove", "edge", "fra");
        ok("group", "remove", "edge", "lhr");
        ok("group", "rename", "edge", "rim");
        ok("group", "protect", "rim");
        refused("protect", "group", "delete", "rim", "--yes");
        ok("group", "protect", "rim", "--off");
        refused("say --yes", "group", "delete", "rim");
        assertThat(ok("group", "delete", "rim", "--yes")).isEqualTo("Deleted group rim.\n");
        refused("group not found", "group", "show", "rim");
    }

    @Test
    void aProgramIsRegisteredAndEnded() {
        String created = ok("oauth", "create", "Ledger", "--redirect-uri", "https://a.example/in");
        assertThat(created).matches("id {6}[\\w-]{22}\nsecret {2}[\\w-]{43}\n");
        String id = created.lines().findFirst().orElseThrow().substring(8);
        assertThat(ok("oauth", "list")).containsPattern(id + " +Ledger +https://a.example/in +2");
        refused("must be https", "oauth", "create", "x", "--redirect-uri", "http://a.example/in");
        assertThat(ok("oauth", "grants")).startsWith("ID");
        refused("could not find a client", "oauth", "withdraw", id);
        refused("say --yes", "oauth", "delete", id);
        ok("oauth", "delete", id, "--yes");
        assertThat(ok("oauth", "list")).doesNotContain(id);
    }

    @Test
    void aDatabaseHasAddressConfigurationAndTokens() {
        assertThat(ok("db", "create", "shop")).contains("/db/shop-default");
        refused("already exists", "db", "create", "shop");
        assertThat(ok("db", "list", "--group", "default")).containsPattern("shop +default +fra");
        assertThat(ok("db", "show", "shop", "--json")).contains("\"Name\" : \"shop\"");
        assertThat(ok("db", "config", "shop", "--block-writes", "true", "--size-limit", "1gb"))
                .containsPattern("writes blocked +true")
                .containsPattern("size limit +1gb");
        assertThat(ok("db", "token", "shop", "--expiration", "7d", "--read-only")
                        .strip()
                        .split("\\."))
                .hasSize(3);
        refused("Invalid expiration format", "db", "token", "shop", "--expiration", "soon");
        ok("db", "rotate", "shop", "--yes");
        ok("db", "delete", "shop", "--yes");
    }

    @Test
    void peopleAndTheirTokens() {
        assertThat(ok("user", "show")).containsPattern("user +default");
        assertThat(ok("org", "list")).containsPattern("default +default +personal");
        assertThat(ok("org", "members")).containsPattern("default +owner");
        String token = ok("token", "create", "ci").strip();
        assertThat(ok("token", "list")).containsPattern("ci +- ").doesNotContain(token);
        ok("token", "revoke", "ci");
        assertThat(ok("token", "list")).doesNotContain("ci ");
    }

    @Test
    void aTokenThatCannotBeOneIsNotShown() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("broken"));
        Files.writeString(elsewhere.resolve("token"), "secret\nsecret");
        var result = run(List.of("group", "list", "--data", elsewhere.toString()));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("characters that no token has").doesNotContain("secret");
    }

    @Test
    void aPasswordIsSetFromTheInputAndChangedByWhoKnowsIt() {
        InputStream before = System.in;
        try {
            type("the first one\n");
            assertThat(ok("user", "password", "--password-stdin")).isEqualTo("The password of default is set.\n");
            type("the second one\nnot the first\n");
            refused("wrong current password", "user", "password", "--password-stdin");
            type("short\nthe first one\n");
            refused("too short", "user", "password", "--password-stdin");
            type("");
            refused("no password", "user", "password", "--password-stdin");
            type("the second one\nthe first one\n");
            ok("user", "password", "--password-stdin");
        } finally {
            System.setIn(before);
        }
    }

    private static void type(String text) {
        System.setIn(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whoeverCannotBeReachedIsNamed() {
        var result = run(List.of("group", "list", "--url", "http://127.0.0.1:1", "--data", directory.toString()));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("no server answers at http://127.0.0.1:1");
        result = run(List.of(
                "group", "list", "--data", directory.resolve("elsewhere").toString()));
        assertThat(result.err()).contains("no token");
        result = run(List.of("group", "list", "--url", "not an address", "--data", directory.toString()));
        assertThat(result.err()).contains("'not an address' is no address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "db", "token", "oauth", "org", "user"})
    void aFamilyWithoutACommandSaysWhatThereIs(String family) {
        var result = run(List.of(family));
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Commands:");
    }

    @Test
    void aShellCanCompleteThem() {
        assertThat(run(List.of("generate-completion")).out())
                .contains("complete ")
                .contains("group");
    }
}
