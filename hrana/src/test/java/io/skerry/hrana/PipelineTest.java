package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.hrana.DatabaseAccess.Target;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Pipelines over a real server: shapes of requests and answers, errors in and out of band.
class PipelineTest {

    private final FakeDatabase database = new FakeDatabase();
    private final DataPlane plane =
            new DataPlane((address, authorization) -> new Target("shop", database, null, "ro".equals(authorization)));

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void answersAnExecuteAsClientsExpectIt() {
        HttpResponse<String> response = plane.pipeline("""
                {"baton":null,"requests":[{"type":"execute","stmt":{"sql":"ECHO","want_rows":true,"args":[
                {"type":"integer","value":"42"},{"type":"text","value":"a\\"\\n\\u0001é😀/"},{"type":"float","value":1},
                {"type":"null"},{"type":"blob","base64":"3q2+7w=="}]}},{"type":"close"}]}""");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.headers().firstValue("access-control-allow-origin")).hasValue("*");
        assertThat(response.body())
                .isEqualTo(
                        "{\"baton\":null,\"base_url\":null,\"results\":[{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":"
                                + "{\"cols\":[{\"name\":\"c0\",\"decltype\":null},{\"name\":\"c1\",\"decltype\":null},"
                                + "{\"name\":\"c2\",\"decltype\":null},{\"name\":\"c3\",\"decltype\":null},{\"name\":\"c4\",\"decltype\":null}],"
                                + "\"rows\":[[{\"type\":\"integer\",\"value\":\"42\"},{\"type\":\"text\",\"value\":\"a\\\"\\n\\u0001é😀/\"},"
                                + "{\"type\":\"float\",\"value\":1.0},{\"type\":\"null\"},{\"type\":\"blob\",\"base64\":\"3q2+7w\"}]],"
                                + "\"affected_row_count\":0,\"last_insert_rowid\":null,\"rows_read\":1,\"rows_written\":0,"
                                + "\"query_duration_ms\":0.123,\"replication_index\":null}}},"
                                + "{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
    }

    @Test
    void carriesRowidAndFrameAsStrings() {
        database.frame.set(8);

        String body = plane.pipeline(requests(execute("WRITE"), CLOSE)).body();

        assertThat(body)
                .contains("\"affected_row_count\":1,\"last_insert_rowid\":\"9\"", "\"replication_index\":\"9\"");
    }

    @Test
    void runsABatchByItsConditions() {
        HttpResponse<String> response = plane.pipeline(requests("""
                {"type":"batch","batch":{"steps":[
                {"stmt":{"sql":"ECHO","args":[{"type":"integer","value":"1"}]}},
                {"condition":{"type":"ok","step":0},"stmt":{"sql":"FAIL SQLITE 2067 UNIQUE constraint failed: t.x"}},
                {"stmt":{"sql":"WRITE"},"condition":{"type":"ok","step":1}},
                {"condition":{"conds":[{"cond":{"step":1,"type":"ok"},"type":"not"},{"type":"is_autocommit"}],"type":"and"},
                 "stmt":{"sql":"WRITE"}}]}}""", CLOSE));

        assertThat(response.body())
                .contains("\"step_results\":[{\"cols\":[", ",null,null,{\"cols\":[],\"rows\":[]")
                .contains("],\"step_errors\":[null,{\"message\":\"SQLite error: UNIQUE constraint failed: t.x\","
                        + "\"code\":\"SQLITE_CONSTRAINT\"},null,null],\"replication_index\":\"1\"}");
        assertThat(database.frame).hasValue(1);
    }

    @Test
    void answersEachRequestEvenAfterErrors() {
        String body = plane.pipeline(requests(
                        execute("FAIL SQL_NO_STATEMENT 0 x"),
                        "{\"type\":\"sequence\",\"sql\":\"WRITE; WRITE; FAIL SQLITE 1 no such table: x; WRITE\"}",
                        "{\"type\":\"sequence\",\"sql\":\" \"}",
                        "{\"sql\":\"x\",\"type\":\"describe\"}",
                        "{\"type\":\"get_autocommit\"}",
                        execute("BEGIN"),
                        "{\"type\":\"get_autocommit\"}",
                        CLOSE,
                        CLOSE))
                .body();

        assertThat(body)
                .contains(
                        "{\"type\":\"error\",\"error\":{\"message\":\"SQL string does not contain any statement\",\"code\":\"SQL_NO_STATEMENT\"}},"
                                + "{\"type\":\"error\",\"error\":{\"message\":\"SQLite error: no such table: x\",\"code\":\"SQLITE_UNKNOWN\"}},"
                                + "{\"type\":\"ok\",\"response\":{\"type\":\"sequence\"}},"
                                + "{\"type\":\"ok\",\"response\":{\"type\":\"describe\",\"result\":{\"params\":[{\"name\":null},{\"name\":\":a\"}],"
                                + "\"cols\":[{\"name\":\"one\",\"decltype\":\"INT\"}],\"is_explain\":false,\"is_readonly\":true}}},"
                                + "{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":true}},")
                .contains("\"is_autocommit\":false}},{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}");
        assertThat(database.frame).hasValue(2);
        assertThat(database.rollbacks).hasValue(1);
        assertThat(database.openSessions).hasValue(0);
    }

    @Test
    void dropsWhatWasShownBeforeARestart() {
        String body = plane.pipeline(requests(
                        "{\"type\":\"execute\",\"stmt\":{\"sql\":\"RESTART\",\"named_args\":[{\"name\":\"a\",\"value\":{\"type\":\"null\"}}]}}",
                        CLOSE))
                .body();

        assertThat(body)
                .contains(
                        "\"result\":{\"cols\":[{\"name\":\"a\",\"decltype\":\"ANY\"}],\"rows\":[[{\"type\":\"null\"}]]");
        assertThat(body).doesNotContain("integer");
    }

    @Test
    void withoutWantRowsThereAreColumnsOnly() {
        String body = plane.pipeline(requests(
                        "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"want_rows\":false,\"args\":[{\"type\":\"null\"}]}}",
                        CLOSE))
                .body();

        assertThat(body).contains("\"cols\":[{\"name\":\"c0\",\"decltype\":null}],\"rows\":[],");
    }

    @Test
    void aTextThatIsNotUtf8FailsItsStatementOnly() {
        String body = plane.pipeline(requests(execute("BADTEXT"), execute("ECHO"), CLOSE))
                .body();

        assertThat(body).contains("\"code\":\"UNICODE_ERROR\"}},{\"type\":\"ok\"");
    }

    @ParameterizedTest
    @CsvSource({
        "FAIL SQLITE 1555 UNIQUE,SQLITE_CONSTRAINT",
        "FAIL SQLITE 1 no such table: x,SQLITE_UNKNOWN",
        "FAIL SQLITE 5 locked,SQLITE_BUSY",
        "FAIL SQLITE 266 disk,SQLITE_IOERR",
        "FAIL DISK_FULL 0 full,SQLITE_FULL",
        "FAIL SQL_INPUT_ERROR 1 no such column: x (at offset 7),SQL_INPUT_ERROR",
        "FAIL OUTCOME_UNKNOWN 0 read first,OUTCOME_UNKNOWN",
        "REFUSE NOT_LEADER,NOT_LEADER",
        "REFUSE UNAVAILABLE,UNAVAILABLE",
        "REFUSE OVERLOADED,OVERLOADED",
        "FAIL NOT_AUTHORIZED 0 ATTACH is not allowed,SQLITE_AUTH",
    })
    void errorsOfTheEngineStayInBandWithTheProtocolsCode(String sql, String code) {
        HttpResponse<String> response = plane.pipeline(requests(execute(sql), CLOSE));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"code\":\"" + code + "\"");
    }

    @Test
    void aWriteWithAReadOnlyTokenEndsTheWholeRequest() {
        for (String request : new String[] {
            execute("WRITE"),
            "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"WRITE\"}}]}}",
            "{\"type\":\"sequence\",\"sql\":\"WRITE\"}"
        }) {
            HttpResponse<String> response = plane.post(
                    "/dev/shop/v2/pipeline", requests(execute("ECHO"), request, CLOSE), "authorization", "ro");

            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.body()).startsWith("{\"error\":\"Authorization forbidden: ");
        }
        assertThat(database.frame).hasValue(0);
        assertThat(database.openSessions).hasValue(0);
    }

    @Test
    void anUnforeseenFailureIsNotShownAndClosesTheStream() {
        HttpResponse<String> response = plane.pipeline(requests(execute("BUG")));

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).startsWith("{\"error\":\"Internal Error").doesNotContain("a bug");
        assertThat(database.openSessions).hasValue(0);
    }

    @Test
    void anEmptyPipelineIsLegal() {
        assertThat(plane.pipeline("{\"requests\":[]}").body()).contains("\"results\":[]}");
    }

    @Test
    void takesABodyInChunksWithoutContentType() {
        HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v3/pipeline"))
                .POST(HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofString(requests(execute("ECHO"), CLOSE)))));

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void takesASqlTextOfSixteenMegabytes() {
        HttpResponse<String> response =
                plane.pipeline(requests(execute("ECHO " + "x".repeat(16 * 1024 * 1024)), CLOSE));

        assertThat(response.statusCode()).isEqualTo(200);
    }
}
