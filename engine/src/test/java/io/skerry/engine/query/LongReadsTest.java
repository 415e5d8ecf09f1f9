package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class LongReadsTest {

    /// Shows 30 rows, the first of them at once, and takes far longer than a tick of the watchdog.
    private static final String ROWS_FOR_LONG =
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n LIMIT 3000000)"
                    + " SELECT i / 100000 FROM n WHERE i % 100000 = 0";
    /// A busy machine may take a thread off its core for longer than a read may keep its carrier. So
    /// what is to be seen with each of these reads on an idle one is to be seen with one of so many.
    private static final int TRIES = 30;

    /// More often by hand: `-Dskerry.test.rounds=50`.
    private static final int ROUNDS = Integer.getInteger("skerry.test.rounds", 3);

    @TempDir
    Path directory;

    Node node;

    @BeforeEach
    void open() {
        node = new Node(directory, Node.PATIENT);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static int carriers() {
        return Integer.getInteger(
                "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    }

    @Test
    void moreLongReadsThanCarriersDoNotStopShortOnes() throws Exception {
        for (var round = 0; round < ROUNDS; round++) {
            try (var calls = new Calls()) {
                var sessions = new ArrayList<Session>();
                var endless = new ArrayList<Future<Results>>();
                for (var i = 0; i < carriers() + 4; i++) {
                    var session = node.session();
                    sessions.add(session);
                    endless.add(calls.start(() -> Node.run(session, Node.ENDLESS)));
                }
                var shorts = new ArrayList<Future<Object>>();
                for (var i = 0; i < 8; i++) {
                    shorts.add(calls.start(
                            () -> Node.run(node.session(), "SELECT 1").value()));
                }
                try {
                    for (var one : shorts) {
                        assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(1L);
                    }
                    assertThat(endless).noneMatch(Future::isDone);
                } finally {
                    sessions.forEach(Session::close);
                }
            }
        }
    }

    @Test
    void aReadThatMovesShowsItsRowsOnceAndCountsThemOnce() throws Exception {
        var here = Node.run(node.session(), ROWS_FOR_LONG);
        assertThat(here.begunAnew).isZero();
        try (var calls = new Calls()) {
            var moved =
                    moved(sql -> calls.start(() -> Node.all(node.session(), "SELECT 'before'", sql, "SELECT 'after'"))
                            .get());
            assertThat(moved.step(1).rows).isEqualTo(here.only().rows).hasSize(30);
            assertThat(moved.step(1).result().rowsRead())
                    .isEqualTo(here.only().result().rowsRead());
            assertThat(moved.step(0).rows).isEqualTo(List.of(List.of(text("before"))));
            assertThat(moved.step(2).ok()).isTrue();
        }
    }

    private interface Attempt {
        Results run(String sql) throws Exception;
    }

    /// What a read came to that was moved between two of its rows. Each has a text of its own: one that
    /// was long begins where long ones run.
    private static Results moved(Attempt attempt) throws Exception {
        for (var tried = 0; tried < TRIES; tried++) {
            var results = attempt.run("/* " + tried + " */ " + ROWS_FOR_LONG);
            if (results.begunAnew == 1) {
                return results;
            }
        }
        throw new AssertionError("none of " + TRIES + " reads was moved once");
    }

    private static Object text(String text) {
        return text;
    }

    @Test
    void aReadThatWasLongBeginsWhereLongOnesRun() throws Exception {
        var session = node.session();
        try (var calls = new Calls()) {
            var text = new AtomicReference<String>();
            moved(sql -> {
                text.set(sql);
                return calls.start(() -> Node.run(session, sql)).get();
            });
            assertThat(calls.start(() -> Node.run(session, text.get())).get().begunAnew)
                    .isZero();
        }
    }

    @Test
    void aReadThatMovesWithinATransactionKeepsItsSnapshot() throws Exception {
        var session = node.session();
        Node.run(node.session(), "CREATE TABLE t (a)");
        Node.run(session, "BEGIN");
        Node.run(session, "SELECT * FROM t");
        Node.run(node.session(), "INSERT INTO t VALUES (1)");
        try (var calls = new Calls()) {
            var moved =
                    moved(sql -> calls.start(() -> Node.run(session, sql + " UNION ALL SELECT count(*) + 1000 FROM t"))
                            .get());
            assertThat(moved.only().rows.getLast()).isEqualTo(List.of(1_000L));
        }
        assertThat(session.autocommit()).isFalse();
    }

    /// Nothing ends them before their end, so not even a tick of the watchdog would bound them.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "instr(?1, 'b')",
                "replace(?1, 'b', 'c')",
                "trim(?1, 'c')",
                "ltrim(?1, 'c')",
                "rtrim(?1, 'c')",
                "unhex('41', ?1)",
                "?1 LIKE '%b%'",
                "?1 GLOB '*b*'",
                "geopoly_overlap(?1, '[[0,0],[1,0],[0,1],[0,0]]')",
                "geopoly_within(?1, '[[0,0],[1,0],[0,1],[0,0]]')"
            })
    void functionsThatCannotBeInterruptedGetNoLongValuesOnACarrier(String call) throws Exception {
        var sql = "SELECT " + call;
        var value = "abc".repeat(1_000);
        try (var calls = new Calls()) {
            var session = node.session();
            assertRunsOnCarrier(calls, session, sql, "abc");
            for (var round = 0; round < 2; round++) {
                assertLeavesCarrier(calls, session, sql, value);
            }
            assertRunsOnCarrier(calls, session, "SELECT upper(?1)", value);
        }
    }

    /// `json_patch` looks for each key of one value among all of the other: for seconds, with 100 KB of each.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "json_patch('{}', ?1)",
                "jsonb_patch('{}', ?1)",
                "json_pretty('[1]', ?1)",
                "json_extract(?1, '$.a', '$.b')",
                "jsonb_extract(?1, '$.a', '$.b')",
                "json_set(?1, '$.a', 1)",
                "jsonb_set(?1, '$.a', 1)",
                "json_insert(?1, '$.a', 1)",
                "jsonb_insert(?1, '$.a', 1)",
                "json_array_insert(?1, '$.a[0]', 1)",
                "jsonb_array_insert(?1, '$.a[0]', 1)",
                "json_replace(?1, '$.a', 1)",
                "jsonb_replace(?1, '$.a', 1)",
                "json_remove(?1, '$.a')",
                "jsonb_remove(?1, '$.a')"
            })
    void noneDoThoseOfJson(String call) throws Exception {
        var sql = "SELECT " + call;
        try (var calls = new Calls()) {
            var session = node.session();
            assertRunsOnCarrier(calls, session, sql, "{\"a\": 1}");
            var value = "{\"a\": \"" + "b".repeat(3_000) + "\"}";
            assertLeavesCarrier(calls, session, sql, value);
        }
    }

    @Test
    void longValuesAreKeptOffACarrierWhereverTheyComeFrom() throws Exception {
        Node.run(node.session(), "CREATE TABLE t (a)");
        Node.run(node.session(), "INSERT INTO t VALUES (hex(zeroblob(3000)))");
        try (var calls = new Calls()) {
            for (var value : List.of("hex(zeroblob(1500))", "(SELECT a FROM t)", "'" + "0".repeat(3_000) + "'")) {
                var sql = "SELECT instr(" + value + ", '1')";
                for (var round = 0; round < 2; round++) {
                    assertLeavesCarrier(calls, node.session(), sql);
                }
            }
        }
    }

    @Test
    void theirBoundsEndWithThem() throws Exception {
        var session = node.session();
        try (var calls = new Calls()) {
            assertRunsOnCarrier(calls, session, "SELECT instr('abc', 'b')");
            assertThat(calls.start(() -> Node.run(session, "SELECT length(hex(zeroblob(3000)))"))
                            .get()
                            .value())
                    .isEqualTo(6_000L);
        }
    }

    @Test
    void aViewThatIsReplacedUnderAPreparedStatementBringsNoneThere() throws Exception {
        Node.run(node.session(), "CREATE VIEW v AS SELECT upper('abc') AS a");
        var session = node.session();
        try (var calls = new Calls()) {
            assertRunsOnCarrier(calls, session, "SELECT a FROM v");
            Node.all(node.session(), "DROP VIEW v", "CREATE VIEW v AS SELECT instr(hex(zeroblob(1500)), '0') AS a");
            for (var round = 0; round < 3; round++) {
                assertLeavesCarrier(calls, session, "SELECT a FROM v");
            }
        }
        assertThat(Node.run(session, "SELECT a FROM v").value()).isEqualTo(1L);
    }

    /// SQLite reads the schema anew in mid-run then, and the text of a table is a long value too.
    @Test
    void aWideTableThatIsAddedUnderAPreparedStatementIsNoFailure() throws Exception {
        var session = node.session();
        var columns = IntStream.range(0, 1_000).mapToObj(i -> "column_" + i).collect(Collectors.joining(", "));
        try (var calls = new Calls()) {
            var sql = "SELECT 'abc' LIKE '%b%' FROM sqlite_schema";
            Node.run(node.session(), "CREATE TABLE t (a)");
            assertRunsOnCarrier(calls, session, sql);
            Node.all(node.session(), "DROP TABLE t", "CREATE TABLE wide (" + columns + ")");
            assertThat(calls.start(() -> Node.run(session, sql)).get().value()).isEqualTo(1L);
        }
    }

    private static void assertRunsOnCarrier(Calls calls, Session session, String sql, String... args) throws Exception {
        for (var tried = 0; tried < TRIES; tried++) {
            if (calls.start(() -> rowsOnVirtualThreads(session, sql, args))
                    .get()
                    .equals(List.of(true))) {
                return;
            }
        }
        throw new AssertionError("none of " + TRIES + " runs stayed on the thread that asked for it: " + sql);
    }

    private static void assertLeavesCarrier(Calls calls, Session session, String sql, String... args) throws Exception {
        assertThat(calls.start(() -> rowsOnVirtualThreads(session, sql, args)).get())
                .containsExactly(false);
    }

    /// Of the row of a statement, each time that it was shown: whether that was on the virtual thread
    /// that asked.
    private static List<Boolean> rowsOnVirtualThreads(Session session, String sql, String... args) {
        var threads = new ArrayList<Boolean>();
        var results = new Results() {
            @Override
            public void row(Row row) {
                threads.add(Thread.currentThread().isVirtual());
                super.row(row);
            }
        };
        session.run(
                Program.of(Sql.of(sql, Arrays.stream(args).map(Value.Text::new).toArray(Value[]::new))), results);
        assertThat(results.only().ok()).isTrue();
        return threads;
    }

    /// A few words over views of views are prepared for seconds. Who takes the only place makes it visible.
    @Test
    void preparingThatTakesLongLeavesTheCarrierToo() throws Exception {
        node.close();
        node = new Node(
                directory,
                Node.PATIENT
                        .change()
                        .longReads(1)
                        .readerWait(Duration.ofMillis(20))
                        .build());
        Node.run(node.session(), "CREATE VIEW v0 AS SELECT 1 AS a");
        for (var i = 1; i <= 14; i++) {
            var under = "SELECT a FROM v" + (i - 1);
            Node.run(node.session(), "CREATE VIEW v" + i + " AS " + under + " UNION ALL " + under);
        }
        var first = node.session();
        var second = node.session();
        try (var calls = new Calls()) {
            var endless = List.of(
                    calls.start(() -> Node.run(first, Node.ENDLESS)),
                    calls.start(() -> Node.run(second, Node.ENDLESS)));
            try {
                Writes.until(() -> endless.stream().anyMatch(Future::isDone));
                var prepared = calls.start(() -> Node.run(node.session(), "SELECT count(*) FROM v14"))
                        .get();
                assertThat(prepared.only().error().code()).isEqualTo(Code.OVERLOADED);
            } finally {
                first.close();
                second.close();
            }
        }
    }

    @Test
    void oneMoreThanMayRunIsTurnedAway() throws Exception {
        node.close();
        node = new Node(
                directory,
                Node.PATIENT
                        .change()
                        .longReads(1)
                        .readerWait(Duration.ofMillis(20))
                        .build());
        var first = node.session();
        var second = node.session();
        try (var calls = new Calls()) {
            var results = List.of(
                    calls.start(() -> Node.run(first, Node.ENDLESS)),
                    calls.start(() -> Node.run(second, Node.ENDLESS)));
            Writes.until(() -> results.stream().anyMatch(Future::isDone));
            first.close();
            second.close();
            var codes = new ArrayList<Code>();
            for (var result : results) {
                codes.add(result.get().only().error().code());
            }
            assertThat(codes).containsExactlyInAnyOrder(Code.OVERLOADED, Code.UNAVAILABLE);
        }
        try (var calls = new Calls()) {
            assertThat(calls.start(() -> Node.run(node.session(), ROWS_FOR_LONG))
                            .get()
                            .only()
                            .rows)
                    .hasSize(30);
        }
    }
}
