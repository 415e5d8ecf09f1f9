package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Database;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Engine;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.LogIndex;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.stream.Grant;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tokens that stop to count while something goes on that they began, at a primary and at a node that passes writes on
/// to it. No statement and no transaction ends here because it took too long.
@Timeout(120)
class AccessEndTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @TempDir
    Path directory;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Set<String> archived = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<String, CountDownLatch> asked = new ConcurrentHashMap<>();
    private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    private volatile Restrictions restrictions = Restrictions.NONE;
    private Engine engine;
    private GroupStore group;
    private DataPlane primary;
    private DataPlane replica;

    @BeforeEach
    void start() {
        engine = new Engine(StorageSettings.DEFAULT, patient(), 4);
        group = engine.open(new GroupId(UUID.randomUUID()), directory);
        group.start(new MemoryLog(group), LogIndex.BEFORE_FIRST);
        group.leadership(true);
        Database database = group.create(new DatabaseId(UUID.randomUUID()));
        try (Session session = database.openSession(SessionOptions.FULL)) {
            session.sequence("CREATE TABLE t(a)");
        }
        primary = new DataPlane((address, token) -> target(database, null, token));
        // The same files for both.
        replica = new DataPlane((address, token) -> target(database, primary.uri("/dev/shop"), token));
    }

    private static QuerySettings patient() {
        return QuerySettings.DEFAULT
                .change()
                .statementTime(Duration.ofHours(1))
                .transactionTime(Duration.ofHours(1))
                .transactionAge(Duration.ofHours(1))
                .build();
    }

    private Target target(Database database, @Nullable URI uri, @Nullable String token) {
        String bearer = String.valueOf(token);
        Grant grant = () -> {
            @Nullable Restrictions now = ended.contains(bearer) ? null : restrictions;
            if (archived.contains(bearer)) {
                throw AccessException.coded("the group is archived", "GROUP_ARCHIVED");
            }
            latch(bearer).countDown();
            meanwhile.getAndSet(() -> {}).run();
            return now;
        };
        return new Target(
                "shop",
                database,
                uri,
                SessionOptions.FULL,
                Restrictions.NONE,
                Callers.ANYWHERE,
                false,
                Attachables.NONE,
                grant);
    }

    @AfterEach
    void stop() {
        replica.close();
        primary.close();
        group.close();
        engine.close();
        clients.close();
    }

    @Test
    void transactionsAreRolledBackOnBothHalvesAndTheLockIsFree() throws Exception {
        String there = baton(ok(replica, "old", requests(execute("BEGIN IMMEDIATE"), execute(insert(1)))));
        String reading = baton(ok(replica, "old", requests(execute("SELECT 1"))));
        String fresh = baton(ok(replica, "new", requests(execute("SELECT 1"))));

        end("old");

        ok(primary, "new", requests(execute(insert(2)), CLOSE));
        for (String baton : new String[] {there, reading}) {
            HttpResponse<String> answer = post(replica, "new", on(baton, execute("COMMIT")));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(answer.body()).isEqualTo("Received an invalid baton");
        }
        assertThat(ok(replica, "new", on(fresh, execute("SELECT a FROM t"), CLOSE))
                        .body())
                .contains("\"value\":\"2\"")
                .doesNotContain("\"value\":\"1\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatRunsIsInterruptedAlsoWithoutABaton(boolean closes) throws Exception {
        for (DataPlane plane : new DataPlane[] {primary, replica}) {
            String token = plane == primary ? "a" : "b";
            Future<HttpResponse<String>> running =
                    begin(plane, token, closes ? requests(execute(ENDLESS), CLOSE) : requests(execute(ENDLESS)));

            end(token);

            assertThat(ok(plane, "new", requests(execute(insert(1)), CLOSE)).statusCode())
                    .isEqualTo(200);
            assertEnded(running.get());
        }
    }

    @Test
    void aWriteThatWaitsForTheLockNeverRuns() throws Exception {
        String holder = baton(ok(primary, "holder", requests(execute("BEGIN IMMEDIATE"))));
        Future<HttpResponse<String>> here = begin(primary, "a", requests(execute(insert(1)), CLOSE));
        Future<HttpResponse<String>> there = begin(replica, "b", requests(execute(insert(2)), CLOSE));

        end("a");
        end("b");

        assertEnded(here.get());
        HttpResponse<String> passedOn = there.get();
        if (passedOn.statusCode() != 401) { // it came to the primary when that knew already
            assertEnded(passedOn);
        }
        assertThat(ok(primary, "holder", on(holder, execute("SELECT count(*) FROM t"), CLOSE))
                        .body())
                .contains("\"value\":\"0\"");
    }

    /// In results, and as whole answers: what comes after the archiving, or is on its way into a stream, gets the same.
    @Test
    void whatRunsOrWaitsWhenItsGroupIsArchivedHearsWhatARequestAfterItHears() throws Exception {
        String holder = baton(ok(primary, "holder", requests(execute("BEGIN IMMEDIATE"))));
        var reads = new ArrayList<Future<HttpResponse<String>>>();
        for (DataPlane plane : new DataPlane[] {primary, replica}) {
            String token = plane == primary ? "a" : "b";
            reads.add(begin(plane, token, requests(execute(ENDLESS), CLOSE)));
            archived.add(token);
        }
        Future<HttpResponse<String>> waits = begin(primary, "c", requests(execute(insert(1)), CLOSE));
        archived.add("c");

        check();

        reads.add(waits);
        for (Future<HttpResponse<String>> running : reads) {
            HttpResponse<String> answer = running.get();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"message\":\"the group is archived\",\"code\":\"GROUP_ARCHIVED\"");
        }
        ok(primary, "holder", on(holder, execute(insert(2)), execute("COMMIT"), CLOSE));
        String fromTableToTable = "INSERT INTO t " + ENDLESS;
        Future<HttpResponse<String>> writes = begin(primary, "d", requests(execute(fromTableToTable), CLOSE));
        archived.add("d");
        check();
        assertThat(writes.get().body()).contains("\"code\":\"GROUP_ARCHIVED\"");
        for (HttpResponse<String> late : List.of(
                post(primary, "a", requests(execute("SELECT 1"))),
                primary.send(
                        HttpRequest.newBuilder(primary.uri("/dev/shop/dump")).header("authorization", "a")))) {
            assertThat(late.statusCode()).as(late.body()).isEqualTo(400);
            assertThat(late.body()).contains("the group is archived", "GROUP_ARCHIVED");
        }
        assertThat(ok(primary, "new", requests(execute("SELECT group_concat(a) FROM t"), CLOSE))
                        .body())
                .contains("\"value\":\"2\"");
    }

    @Test
    void aTokenThatEndsBeforeItsRequestIsSeenOpensNothing() {
        ended.add("old");

        HttpResponse<String> answer = post(primary, "old", requests(execute(insert(1)), CLOSE));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("does not open this database any more");
        assertThat(ok(primary, "new", requests(execute("SELECT count(*) FROM t"), CLOSE))
                        .body())
                .contains("\"value\":\"0\"");
    }

    @Test
    void aStreamDoesNotGoOnUnderANewTokenWhenThatOfItsLastRequestEnded() {
        String stream = baton(ok(primary, "old", requests(execute("BEGIN IMMEDIATE"), execute(insert(1)))));
        ended.add("old"); // nobody has asked yet

        assertThat(post(primary, "new", on(stream, execute("COMMIT"))).statusCode())
                .isEqualTo(400);
        ok(primary, "new", requests(execute(insert(2)), CLOSE));
    }

    @Test
    void whatIsBlockedWhileItRunsIsInterruptedAndTheStreamGoesOn() throws Exception {
        String stream = baton(ok(primary, "a", requests(execute("SELECT 1"))));
        Future<HttpResponse<String>> reads = begin(primary, "b", on(stream, execute(ENDLESS)));
        restrictions = new Restrictions(true, false, Long.MAX_VALUE);

        primary.routes.checkStreams();

        HttpResponse<String> answer = reads.get();
        assertThat(answer.body()).contains("\"code\":\"BLOCKED\"");
        restrictions = Restrictions.NONE;
        ok(primary, "a", on(baton(answer), execute("SELECT 1"), CLOSE));
    }

    /// It has asked before, and hears the answer after all were asked again.
    @Test
    void whatIsBlockedWhileARequestIsLetInIsBlockedForItToo() {
        meanwhile.set(() -> {
            restrictions = new Restrictions(true, false, Long.MAX_VALUE);
            primary.routes.checkStreams();
        });

        HttpResponse<String> answer = post(primary, "a", requests(execute("SELECT 1"), CLOSE));

        assertThat(answer.body()).contains("\"code\":\"BLOCKED\"");
    }

    private static void assertEnded(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"code\":\"ACCESS_ENDED\"");
    }

    /// As both nodes do when they hear that the token counts no more.
    private void end(String token) throws InterruptedException {
        ended.add(token);
        check();
    }

    private void check() throws InterruptedException {
        for (DataPlane plane : new DataPlane[] {replica, primary}) {
            plane.routes.checkStreams();
            assertThat(plane.routes.awaitEndings(LIMIT)).isTrue();
        }
    }

    /// Sends it and returns when it has been let in.
    private Future<HttpResponse<String>> begin(DataPlane at, String token, String body) throws InterruptedException {
        Future<HttpResponse<String>> answer = clients.submit(() -> post(at, token, body));
        assertThat(latch(token).await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return answer;
    }

    private CountDownLatch latch(String token) {
        return asked.computeIfAbsent(token, t -> new CountDownLatch(1));
    }

    private static String insert(int value) {
        return "INSERT INTO t VALUES (" + value + ")";
    }

    private static HttpResponse<String> ok(DataPlane at, String token, String body) {
        HttpResponse<String> answer = post(at, token, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain("\"error\"");
        return answer;
    }

    private static HttpResponse<String> post(DataPlane at, String token, String body) {
        return at.post("/dev/shop/v2/pipeline", body, "authorization", token);
    }
}
