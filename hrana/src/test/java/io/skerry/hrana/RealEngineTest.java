package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Database;
import io.skerry.hrana.DatabaseAccess.Target;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The whole way from HTTP to SQLite and back, on one node.
@Timeout(120)
class RealEngineTest {

    @TempDir
    Path directory;

    private RealGroup group;
    private DataPlane plane;

    @BeforeEach
    void start() {
        group = new RealGroup(directory);
        Database database = group.create();
        plane = new DataPlane(
                (address, authorization) -> new Target("shop", database, null, "ro".equals(authorization)));
    }

    @AfterEach
    void stop() {
        plane.close();
        group.close();
    }

    private String run(String... sql) {
        String[] all = new String[sql.length + 1];
        for (int i = 0; i < sql.length; i++) {
            all[i] = execute(sql[i]);
        }
        all[sql.length] = CLOSE;
        return ok(plane.pipeline(requests(all)));
    }

    private static String ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT 42|{'type':'integer','value':'42'}",
                "SELECT 9223372036854775807, -9223372036854775808|{'type':'integer','value':'9223372036854775807'},{'type':'integer','value':'-9223372036854775808'}",
                "SELECT 42.5, 1e18, NULL, 'x'|{'type':'float','value':42.5},{'type':'float','value':1.0E18},{'type':'null'},{'type':'text','value':'x'}",
                "SELECT x'00ff', ''|{'type':'blob','base64':'AP8'},{'type':'text','value':''}",
                "SELECT 9e999, -9e999|{'type':'float','value':null},{'type':'float','value':null}",
                "VALUES (1,'one'),(2,'two')|{'type':'integer','value':'1'},{'type':'text','value':'one'}],[{'type':'integer','value':'2'},{'type':'text','value':'two'}",
            })
    void valuesComeOut(String sql, String row) {
        assertThat(run(sql)).contains("\"rows\":[[" + row.replace('\'', '"') + "]]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"integer\",\"value\":\"-9223372036854775808\"}", "{\"type\":\"float\",\"value\":42.0}",
                "{\"type\":\"float\",\"value\":4.9E-324}", "{\"type\":\"text\",\"value\":\"a\\n\\r\\t é😀\\u0000b\"}",
                "{\"type\":\"text\",\"value\":\"\"}", "{\"type\":\"blob\",\"base64\":\"\"}",
                "{\"type\":\"blob\",\"base64\":\"AAECAwQF/v8\"}", "{\"type\":\"null\"}"
            })
    void valuesRoundTrip(String value) {
        String stmt =
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?, :a\",\"args\":[" + value + "," + value + "]}}";

        assertThat(ok(plane.pipeline(requests(stmt, CLOSE)))).contains("\"rows\":[[" + value + "," + value + "]]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT ?2, ?, ?3|two,three,three",
                "SELECT ?3, ?1|three,one",
            })
    void positionalArgumentsBindByNumber(String sql, String expected) {
        String args =
                "[{\"type\":\"text\",\"value\":\"one\"},{\"type\":\"text\",\"value\":\"two\"},{\"type\":\"text\",\"value\":\"three\"}]";
        String body = ok(plane.pipeline(
                requests("{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\",\"args\":" + args + "}}", CLOSE)));

        assertThat(body)
                .contains("[{\"type\":\"text\",\"value\":\""
                        + expected.replace(",", "\"},{\"type\":\"text\",\"value\":\"") + "\"}]");
    }

    @ParameterizedTest
    @ValueSource(strings = {":a", "@a", "$a"})
    void namedArgumentsBindWithAndWithoutPrefix(String parameter) {
        for (String name : List.of("a", parameter)) {
            String body = ok(plane.pipeline(requests(
                    "{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT " + parameter
                            + "\",\"named_args\":[{\"name\":\"" + name
                            + "\",\"value\":{\"type\":\"integer\",\"value\":\"7\"}}]}}",
                    CLOSE)));
            assertThat(body).contains("\"rows\":[[{\"type\":\"integer\",\"value\":\"7\"}]]");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT|SQL_PARSE_ERROR",
                "SELECT foobar|SQL_INPUT_ERROR",
                "SELECT * FROM nowhere|SQLITE_UNKNOWN",
                "SELECT 1; SELECT 2|SQL_MANY_STATEMENTS",
                "-- nothing|SQL_NO_STATEMENT",
                "COMMIT|SQLITE_UNKNOWN",
                "SELECT ?|ARGS_INVALID",
                "INSERT INTO u VALUES (1)|SQLITE_CONSTRAINT",
                "SELECT load_extension('x')|SQL",
                "PRAGMA journal_mode=delete|SQL",
                "ATTACH 'x.db' AS x|SQL",
                "SELECT CAST(x'ff' AS TEXT)|UNICODE_ERROR",
            })
    void mistakesAreErrorsInBand(String sql, String code) {
        run("CREATE TABLE u (id INTEGER PRIMARY KEY)", "INSERT INTO u VALUES (1)");

        assertThat(run(sql)).contains("\"type\":\"error\"", "\"code\":\"" + code);
    }

    @Test
    void countsRowidsFramesAndDecltypes() {
        String body = run(
                "CREATE TABLE t (a TEXT, b INT, c \\\"FURRY BUNNY\\\")",
                "INSERT INTO t VALUES ('x', 1, 2), ('y', 2, 3)",
                "UPDATE t SET b = b + 1",
                "INSERT INTO t VALUES ('z', 9, 9) RETURNING b",
                "SELECT a, b, c, b + 1 FROM t WHERE 0");

        assertThat(body)
                .doesNotContain("error")
                .contains(
                        "\"affected_row_count\":2,\"last_insert_rowid\":\"2\"",
                        "\"affected_row_count\":2,\"last_insert_rowid\":null",
                        "\"rows\":[[{\"type\":\"integer\",\"value\":\"9\"}]],\"affected_row_count\":1,\"last_insert_rowid\":\"3\"",
                        "{\"cols\":[{\"name\":\"a\",\"decltype\":\"TEXT\"},{\"name\":\"b\",\"decltype\":\"INT\"},"
                                + "{\"name\":\"c\",\"decltype\":\"FURRY BUNNY\"},{\"name\":\"b + 1\",\"decltype\":null}],\"rows\":[]")
                .containsPattern("\"replication_index\":\"[1-9]");
    }

    @Test
    void theBatchOfTheJavascriptClientIsATransaction() {
        run("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        String batch = """
                {"type":"batch","batch":{"steps":[
                {"stmt":{"sql":"BEGIN IMMEDIATE"}},
                {"condition":{"type":"ok","step":0},"stmt":{"sql":"INSERT INTO t VALUES (1)"}},
                {"condition":{"type":"ok","step":1},"stmt":{"sql":"INSERT INTO t VALUES (%d)"}},
                {"condition":{"type":"ok","step":2},"stmt":{"sql":"COMMIT"}},
                {"condition":{"type":"not","cond":{"type":"ok","step":3}},"stmt":{"sql":"ROLLBACK"}}]}}""";

        assertThat(ok(plane.pipeline(requests(batch.formatted(1), CLOSE)))).contains("SQLITE_CONSTRAINT");
        assertThat(run("SELECT count(*) FROM t")).contains("\"value\":\"0\"");
        ok(plane.pipeline(requests(batch.formatted(2), CLOSE)));
        assertThat(run("SELECT count(*) FROM t")).contains("\"value\":\"2\"");
        ok(plane.pipeline(requests(
                batch.replace("BEGIN IMMEDIATE", "BEGIN TRANSACTION READONLY").formatted(3), CLOSE)));
    }

    @Test
    void interactiveTransactionsSeeTheirOwnAndASnapshot() {
        run("CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1)");
        HttpResponse<String> reader =
                plane.pipeline(requests(execute("BEGIN DEFERRED"), execute("SELECT sum(n) FROM t")));
        HttpResponse<String> writer = plane.pipeline(requests(execute("BEGIN"), execute("INSERT INTO t VALUES (10)")));
        assertThat(ok(plane.pipeline(on(baton(writer), execute("SELECT sum(n) FROM t"), execute("COMMIT"), CLOSE))))
                .contains("\"value\":\"11\"");

        assertThat(ok(plane.pipeline(on(baton(reader), execute("SELECT sum(n) FROM t"), CLOSE))))
                .contains("\"value\":\"1\"");
        assertThat(run("SELECT sum(n) FROM t")).contains("\"value\":\"11\"");
    }

    @Test
    void closingAndExpiryRollBackAndFreeTheLock() {
        run("CREATE TABLE t (n INT)");
        plane.pipeline(requests(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"), CLOSE));
        plane.pipeline(requests(execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (2)")));
        plane.passSeconds(10);

        assertThat(run("INSERT INTO t VALUES (3)", "SELECT group_concat(n) FROM t"))
                .contains("\"value\":\"3\"");
    }

    @Test
    void sequencesAndDescribeAndAutocommit() {
        String body = ok(plane.pipeline(requests(
                "{\"type\":\"sequence\",\"sql\":\"CREATE TABLE t (n INT); INSERT INTO t VALUES (1); -- end\"}",
                "{\"type\":\"sequence\",\"sql\":\"INSERT INTO t VALUES (2); SELECT * FROM nowhere; INSERT INTO t VALUES (3)\"}",
                execute("SELECT sum(n) FROM t"),
                "{\"type\":\"describe\",\"sql\":\"SELECT ?, ?3, :one, $two, @three\"}",
                execute("BEGIN"),
                "{\"type\":\"get_autocommit\"}",
                CLOSE)));

        assertThat(body)
                .contains(
                        "{\"type\":\"ok\",\"response\":{\"type\":\"sequence\"}},{\"type\":\"error\"",
                        "no such table: nowhere",
                        "\"rows\":[[{\"type\":\"integer\",\"value\":\"3\"}]]",
                        "\"params\":[{\"name\":null},{\"name\":null},{\"name\":\"?3\"},{\"name\":\":one\"},{\"name\":\"$two\"},{\"name\":\"@three\"}]",
                        "\"is_explain\":false,\"is_readonly\":true",
                        "\"is_autocommit\":false");
    }

    @Test
    void aReadOnlyTokenReadsAndDoesNotWrite() {
        run("CREATE TABLE t (n INT)");

        assertThat(plane.post(
                                "/dev/shop/v2/pipeline",
                                requests(execute("SELECT n FROM t"), CLOSE),
                                "authorization",
                                "ro")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> write = plane.post(
                "/dev/shop/v2/pipeline", requests(execute("INSERT INTO t VALUES (1)"), CLOSE), "authorization", "ro");
        assertThat(write.statusCode()).as(write.body()).isEqualTo(403);
        assertThat(run("SELECT count(*) FROM t")).contains("\"value\":\"0\"");
    }

    @Test
    void aThousandStepsAndAHundredClientsAreFine() {
        run("CREATE TABLE t (n INT)");
        StringBuilder steps = new StringBuilder("{\"stmt\":{\"sql\":\"INSERT INTO t VALUES (0)\"}}");
        for (int i = 1; i < 1000; i++) {
            steps.append(",{\"condition\":{\"type\":\"ok\",\"step\":" + (i - 1)
                    + "},\"stmt\":{\"sql\":\"INSERT INTO t VALUES (1)\"}}");
        }
        String batch = "{\"type\":\"batch\",\"batch\":{\"steps\":[" + steps + "]}}";
        assertThat(ok(plane.pipeline(requests(batch, CLOSE)))).doesNotContain("\"error\"");

        List<CompletableFuture<HttpResponse<String>>> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(CompletableFuture.supplyAsync(() -> plane.pipeline(requests(
                    execute("BEGIN IMMEDIATE"), execute("INSERT INTO t VALUES (1)"), execute("COMMIT"), CLOSE))));
        }
        clients.forEach(client -> assertThat(ok(client.join())).doesNotContain("\"error\""));
        assertThat(run("SELECT count(*) FROM t")).contains("\"value\":\"1100\"");
    }

    @Test
    void aLargeTextAndAResultTooLarge() {
        String values = "(1)" + ",(1)".repeat(2_500_000);
        run("CREATE TABLE t (n INT)");

        assertThat(run("INSERT INTO t VALUES " + values)).doesNotContain("\"error\"");
        assertThat(run("SELECT n, 'some text' FROM t", "SELECT 1"))
                .contains("RESPONSE_TOO_LARGE")
                .endsWith("{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
    }
}
