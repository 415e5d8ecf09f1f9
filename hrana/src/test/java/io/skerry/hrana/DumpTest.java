package io.skerry.hrana;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.testing.Await;
import io.skerry.hrana.DatabaseAccess.Address;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.stream.Grant;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class DumpTest {

    /// More than the system takes from a dump whose client does not read.
    private static final String LARGE =
            "CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)"
                    + " INSERT INTO t SELECT randomblob(1000000) FROM n";

    @TempDir
    Path directory;

    private RealGroup group;
    private DataPlane plane;
    private @Nullable Database database;
    private Restrictions restrictions = Restrictions.NONE;
    private Grant grant = () -> restrictions;

    @BeforeEach
    void start() {
        group = new RealGroup(directory);
        database = group.create();
        plane = open(HranaSettings.defaults());
    }

    private DataPlane open(HranaSettings settings) {
        return new DataPlane(
                (address, authorization) -> {
                    if (!"Bearer good".equals(authorization)) {
                        throw new AccessException(401, "Unauthorized");
                    }
                    return new Target(
                            ((Address.HostLabel) address).label(),
                            database,
                            null,
                            SessionOptions.READ_ONLY,
                            restrictions,
                            Callers.ANYWHERE,
                            false,
                            Attachables.NONE,
                            grant);
                },
                settings);
    }

    @AfterEach
    void stop() {
        plane.close();
        group.close();
    }

    private void write(String sql) {
        requireNonNull(database).write(connection -> {
            connection.exec(sql);
            return true;
        });
    }

    private HttpResponse<String> dump(String token) {
        return plane.send(
                HttpRequest.newBuilder(plane.uri("/db/shop-acme/dump")).header("Authorization", token));
    }

    @Test
    void aReadOnlyTokenIsEnoughForTheWholeText() {
        write("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'one'), (2, NULL)");
        var answer = dump("Bearer good");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("text/plain");
        assertThat(answer.body()).isEqualTo("""
                PRAGMA foreign_keys=OFF;
                BEGIN TRANSACTION;
                CREATE TABLE IF NOT EXISTS t (a, b);
                INSERT INTO "t" VALUES(1,'one');
                INSERT INTO "t" VALUES(2,NULL);
                COMMIT;
                """);
    }

    @Test
    void whoMayNotReadGetsNothing() {
        assertThat(dump("Bearer bad").statusCode()).isEqualTo(401);
        restrictions = new Restrictions(true, false, Long.MAX_VALUE);
        assertThat(dump("Bearer good").statusCode()).isEqualTo(403);
        database = null;
        restrictions = Restrictions.NONE;
        assertThat(dump("Bearer good").statusCode()).isEqualTo(404);
        assertThat(plane.post("/db/shop-acme/dump", "").statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({"OVERLOADED,429", "TRANSACTION_BUSY,429", "UNAVAILABLE,503"})
    void whatKeepsADumpFromBeginningIsToldAndPasses(Code why, int status) {
        FakeDatabase busy = new FakeDatabase();
        busy.unusable = new DatabaseException(why, "all readers are in use");
        database = busy;
        var answer = dump("Bearer good");
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("retry-after")).contains("1");
        assertThat(answer.body()).contains("the dump could not be made: all readers are in use");
    }

    /// However fast it is taken: it keeps the log of its group.
    @Test
    void aDumpThatTakesTooLongEndsEarly() throws Exception {
        write(LARGE);
        plane.close();
        plane = open(HranaSettings.defaults().with(new HranaSettings.Dumps(8, 4, Duration.ofSeconds(1), 1L << 40)));
        try (var socket = ask()) {
            Thread.sleep(1000);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("BEGIN TRANSACTION;")
                    .doesNotContain("COMMIT;");
        }
    }

    /// Whatever others write stays in the logs until it is sent.
    @Test
    void aDumpForWhichTheLogsKeepTooMuchEndsEarly() throws Exception {
        write(LARGE);
        plane.close();
        plane = open(HranaSettings.defaults().with(new HranaSettings.Dumps(8, 4, Duration.ofHours(1), 2_000_000)));
        try (var socket = ask()) {
            write("INSERT INTO t VALUES (randomblob(2000000))");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .contains("BEGIN TRANSACTION;")
                    .doesNotContain("COMMIT;");
        }
        assertThat(dump("Bearer good").body()).endsWith("COMMIT;\n");
    }

    /// It is written in pieces of 64 KiB, and its grant asked for each: here, the last of three is refused.
    @Test
    void aDumpWhoseLastBytesAreRefusedHasNoEnd() throws Exception {
        write("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(80000))");
        var asked = new AtomicInteger();
        grant = () -> asked.incrementAndGet() <= 2 ? restrictions : null;
        try (var socket = ask()) {
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .doesNotContain("COMMIT;")
                    .doesNotContain("the dump ends here")
                    .doesNotEndWith("\r\n0\r\n\r\n");
        }
        assertThat(asked.get()).isEqualTo(3);
    }

    private Socket ask() throws IOException {
        var socket = new Socket("127.0.0.1", plane.port());
        socket.setSoTimeout(30_000); // a dump that does not end keeps its connection
        socket.getOutputStream()
                .write("GET /db/shop-acme/dump HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    /// Clients that do not read: each keeps its dump running, and the one that is too many is told.
    @Test
    void onlySomeRunAtOnceAndTheirRoomIsFreeAgain() throws IOException {
        write(LARGE);
        List<Socket> slow = new ArrayList<>();
        try {
            for (var i = 0; i < 4; i++) {
                slow.add(ask());
            }
            HttpResponse<String> refused = dump("Bearer good");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("4 dumps of this organization");
            HttpResponse<String> others = plane.send(
                    HttpRequest.newBuilder(plane.uri("/db/crm-other/dump")).header("Authorization", "Bearer good"));
            assertThat(others.statusCode()).isEqualTo(200);
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
        var answers = new ArrayList<HttpResponse<String>>();
        Await.until("there is room for a dump again", () -> {
            answers.add(dump("Bearer good"));
            return answers.getLast().statusCode() != 429;
        });
        assertThat(answers.getLast().body()).endsWith("COMMIT;\n");
    }
}
