package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.ClosedLogs;
import io.skerry.server.DevCluster;
import io.skerry.server.config.Configuration;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
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
    static void stop() throws InterruptedException {
        cluster.close();
        ClosedLogs.await();
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
        assertThat(ok("group", "archive", "edge")).isEqualTo("Group edge is archived.\n");
        assertThat(ok("group", "list").lines().map(String::strip))
                .anyMatch(line -> line.matches("edge +fra +fra,lhr +false +true"));
        refused("group edge is archived: unarchive it first", "group", "remove", "edge", "lhr");
        assertThat(ok("group", "unarchive", "edge")).isEqualTo("Group edge is in use again.\n");
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
        assertThat(ok("db", "config", "shop", "--allow-attach", "true")).containsPattern("can be attached +true");
        ok("db", "create", "crm");
        assertThat(ok("db", "token", "crm", "--attach", "shop").strip().split("\\."))
                .hasSize(3);
        refused("could not find database", "db", "token", "crm", "--attach", "shop,nope");
        ok("db", "rotate", "shop", "--yes");
        ok("db", "delete", "shop", "--yes");
        ok("db", "delete", "crm", "--yes");
    }

    @Test
    void peopleAndTheirTokens() {
        assertThat(ok("user", "show")).containsPattern("user +default");
        assertThat(ok("org", "list")).containsPattern("default +default +personal");
        assertThat(ok("org", "members")).containsPattern("default +owner");
        String token = ok("token", "create", "ci").strip();
        assertThat(ok("token", "list")).containsPattern("ci +\\S+ +- ").doesNotContain(token);
        ok("token", "revoke", "ci");
        assertThat(ok("token", "list")).doesNotContain("ci ");
    }

    @Test
    void whatADatabaseTakesAndWhoMayUseItIsShown() {
        ok("db", "create", "used");
        ok("db", "shell", "used", "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)");
        assertThat(ok("db", "usage", "used"))
                .containsPattern("bytes stored +8192")
                .containsPattern("rows written +3");
        assertThat(ok("db", "queries", "used")).containsPattern("3 +INSERT INTO t");
        assertThat(ok("db", "instances", "used")).containsPattern("fra +primary +\\S+/db/fra-used-default");
        assertThat(ok("org", "usage")).containsPattern("databases +\\d+");
        refused("from", "db", "usage", "used", "--from", "yesterday");
        assertThat(ok("db", "config", "used", "--allowed-ips", "10.0.0.0/8, ::1", "--delete-protection", "true"))
                .containsPattern("allowed addresses +10.0.0.0/8,::1")
                .containsPattern("protected +true");
        assertThat(ok("db", "config", "used", "--allowed-ips", "")).containsPattern("allowed addresses +\n");
    }

    @Test
    void aTokenMayOnlyDoWhatItWasMadeFor() {
        ok("db", "create", "limited");
        String token = ok(
                "db", "token", "limited", "--permission", "orders:data_read,data_add", "--permission", "*:schema_add");
        String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
        assertThat(claims).contains("orders").contains("fgp");
        refused("is no permission", "db", "token", "limited", "--permission", "data_read");
        refused("nonsense", "db", "token", "limited", "--permission", "orders:nonsense");
    }

    @Test
    void whatWasDoneIsShownWithItsTargetOrExportedWhole() {
        ok("db", "create", "audited");
        assertThat(ok("org", "audit")).containsPattern("default +db-create +audited +ok +127.0.0.1");
        List<String> lines = ok("org", "audit", "--json").lines().toList();
        assertThat(lines)
                .allMatch(line -> line.startsWith("{") && line.endsWith("}"))
                .hasSizeGreaterThan(1);
        assertThat(lines.getFirst()).contains("\"id\":1}").doesNotContain("audited");
    }

    @Test
    void aGroupGoesToAnotherOrganization() {
        ok("org", "create", "acme");
        ok("group", "create", "moving");
        refused("say --yes", "group", "transfer", "moving", "--to", "acme");
        ok("group", "transfer", "moving", "--to", "acme", "--yes");
        assertThat(ok("group", "list")).doesNotContain("moving");
        assertThat(ok("group", "list", "--organization", "acme")).contains("moving");
        String token = ok("token", "create", "short", "--organization", "acme", "--expires", "1d")
                .strip();
        String all = ok("token", "list", "--all", "--organization", "acme");
        assertThat(all).containsPattern("short +\\S+ +default .* 2\\d+-").doesNotContain(token);
        String id = all.lines().skip(1).findFirst().orElseThrow().split(" +")[1];
        refused("say which token", "token", "revoke");
        ok("token", "revoke", "--id", id, "--organization", "acme");
        assertThat(ok("token", "list")).doesNotContain("short");
        refused("say --yes", "user", "sign-out");
        ok("user", "sign-out", "--yes");
    }

    @Test
    void somebodyIsInvitedAndComesIn() {
        String invited = ok("org", "invite", "ana@example.net", "--role", "viewer");
        assertThat(invited)
                .startsWith("Good once, for seven days, as viewer of default:\n")
                .contains("/signup?invite=");
        assertThat(ok("org", "invites"))
                .containsPattern("ana@example.net +viewer +2")
                .doesNotContain(invited.substring(invited.lastIndexOf('=') + 1).strip());
        String again = ok("org", "invite", "ana@example.net", "--role", "viewer");
        assertThat(again).isNotEqualTo(invited);
        assertThat(ok("org", "invites")).containsOnlyOnce("ana@example.net");
        refused("say whom to invite", "org", "invite");
        refused("say whom to invite", "org", "invite", "ana@example.net", "--user", "ana");
        refused("could not find user", "org", "invite", "--user", "nobody");
        refused("invite not found", "org", "join", "nonsense");
        assertThat(ok("org", "uninvite", "ana@example.net")).isEqualTo("The invitation of ana@example.net is void.\n");
        assertThat(ok("org", "invites")).doesNotContain("ana@example.net");
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
    void aPasswordIsSetFromTheInputChangedByWhoKnowsItAndReplacedForWhoDoesNot() {
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
            refused("say --yes", "user", "reset", "default");
            refused("user not found", "user", "reset", "nobody", "--yes");
            String replaced = ok("user", "reset", "default", "--yes").strip();
            type("the third one\nthe second one\n");
            refused("wrong current password", "user", "password", "--password-stdin");
            type("the third one\n" + replaced + "\n");
            ok("user", "password", "--password-stdin");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void sqlOfTheArgumentIsShownAsATableOrAsLines() {
        ok("db", "create", "sql");
        assertThat(ok("db", "shell", "sql", "CREATE TABLE t (a, b, c); INSERT INTO t VALUES (1, 'x\ty', x'ff')"))
                .isEmpty();
        assertThat(ok("db", "shell", "sql", "SELECT *, 0.5 AS f, NULL AS n FROM t -- all"))
                .isEqualTo("a  b     c      f    n\n1  x\\ty  x'ff'  0.5  NULL\n");
        assertThat(ok("db", "shell", "sql", "SELECT 9007199254740993 AS a, b, c, 1.0 AS a, NULL AS n FROM t", "--json"))
                .isEqualTo("{\"a\":9007199254740993,\"b\":\"x\\ty\",\"c\":\"/w\",\"a:1\":1.0,\"n\":null}\n");
        assertThat(ok("db", "shell", "sql", ".tables")).isEqualTo("name  type\nt     table\n");
        assertThat(ok("db", "shell", "sql", ".schema T")).isEqualTo("CREATE TABLE t (a, b, c)\n;\n");
        refused(
                "no such table",
                "db",
                "shell",
                "sql",
                "INSERT INTO t VALUES (2, 2, 2); SELECT * FROM u; DELETE FROM t");
        assertThat(ok("db", "shell", "sql", "SELECT count(*) AS n FROM t")).isEqualTo("n\n2\n");
        refused("not complete", "db", "shell", "sql", "SELECT 'a");
        refused("there is no .nonsense", "db", "shell", "sql", ".nonsense");
        refused("read", "db", "shell", "sql", "--read-only", "DELETE FROM t");
        refused("could not find database", "db", "shell", "nowhere", "SELECT 1");
    }

    @Test
    void sqlOfTheInputIsRunStatementByStatementInOneTransactionIfItSaysSo() {
        ok("db", "create", "input");
        InputStream before = System.in;
        try {
            type("CREATE TABLE t (a); -- one\nBEGIN;\nINSERT INTO t\nVALUES (1);\nROLLBACK;\n"
                    + "BEGIN; INSERT INTO t VALUES ('ü;\n');\nCOMMIT;\nSELECT a FROM t;\n.quit\nnonsense;");
            assertThat(ok("db", "shell", "input")).isEqualTo("a\nü;\\n\n");
            type("BEGIN; DELETE FROM t;");
            ok("db", "shell", "input");
            type("SELECT count(*) AS n FROM t");
            assertThat(ok("db", "shell", "input")).isEqualTo("n\n1\n");
            type("DELETE FROM t;\nnonsense;\nINSERT INTO t VALUES (2);");
            refused("syntax error", "db", "shell", "input");
            assertThat(ok("db", "shell", "input", "SELECT count(*) AS n FROM t"))
                    .isEqualTo("n\n0\n");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aDumpIsWhatTheShellOfSqliteWouldPrint() {
        ok("db", "create", "dumped");
        ok("db", "shell", "dumped", "CREATE TABLE t (a); INSERT INTO t VALUES ('ü')");
        PrintStream before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes));
        try {
            ok("db", "dump", "dumped");
        } finally {
            System.setOut(before);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n")
                .contains("VALUES('ü');\n")
                .endsWith("COMMIT;\n");
        refused("could not find database", "db", "dump", "nowhere");
    }

    @Test
    void aDatabaseIsMadeOfAnotherAndOfADump() throws IOException {
        ok("db", "create", "first");
        ok("db", "shell", "first", "CREATE TABLE t (a); INSERT INTO t VALUES (42)");
        assertThat(ok("db", "create", "second", "--from-db", "first", "--wait")).startsWith("Created database second");
        assertThat(ok("db", "shell", "second", "SELECT a FROM t")).isEqualTo("a\n42\n");

        Path dump = directory.resolve("dump.sql");
        Files.writeString(dump, "BEGIN;\nCREATE TABLE t (a);\nINSERT INTO t VALUES ('ü');\nCOMMIT;\n");
        ok("db", "create", "third", "--from-dump", dump.toString());
        assertThat(ok("db", "shell", "third", "SELECT a FROM t")).isEqualTo("a\nü\n");
        Files.writeString(dump, "BEGIN;\nnonsense;\nCOMMIT;\n");
        refused("line 2", "db", "create", "fourth", "--from-dump", dump.toString());
        refused("could not find database", "db", "show", "fourth");
        refused("there is no file", "db", "create", "fourth", "--from-dump", "/nowhere/dump.sql");
        assertThat(skerry("db", "create", "fourth", "--from-db", "first", "--from-dump", "x")
                        .code())
                .isEqualTo(2);
    }

    @Test
    void aDatabaseIsMadeOfAFileOrNotAtAll() throws IOException {
        Path file = directory.resolve("app.db");
        try (Connection connection = Connection.open(file, OpenMode.CREATE)) {
            connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(5000000)), (42)");
        }
        ok("db", "create", "filed", "--from-file", file.toString(), "--wait");
        assertThat(ok("db", "shell", "filed", "SELECT count(*) AS n, max(length(a)) AS l FROM t"))
                .isEqualTo("n  l\n2  5000000\n");
        assertThat(ok("db", "show", "filed")).containsPattern("state +active");

        Path broken = directory.resolve("broken.db");
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4096, 3 * 4096, (byte) 7);
        Files.write(broken, bytes);
        refused("nothing was created", "db", "create", "unfilled", "--from-file", broken.toString());
        refused("could not find database", "db", "show", "unfilled");
        Files.writeString(broken, "BEGIN; COMMIT;");
        refused("is no SQLite database", "db", "create", "unfilled", "--from-file", broken.toString());
        Files.write(directory.resolve("app.db-wal"), bytes);
        refused("is not all of the database", "db", "create", "unfilled", "--from-file", file.toString());
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
