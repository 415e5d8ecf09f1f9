package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Functions whose time is the product of the lengths of two values, each for minutes at least or for hours (polygons:
/// for seconds). SQLite as it comes does not look within them whether it is interrupted (`interruptible.sed`).
class HeldFunctionsTest {

    private static final int BYTES = 16_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    /// What a thread works within a function at least; an instruction of the machine takes microseconds.
    private static final Duration INSIDE = Duration.ofMillis(50);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "instr(:same, :miss)",
                "replace(:same, :miss, 'c')",
                "trim(:same, :set)",
                "ltrim(:same, :set)",
                "rtrim(:same, :set)",
                "unhex(:other, :set)",
                ":same LIKE '%' || :pattern || 'b'",
                ":accents LIKE '%' || :accent || 'b'",
                ":same GLOB '*' || :pattern || 'b'",
                ":same GLOB '*[a]' || :pattern || 'b'",
                "json_patch(:object, :patch)",
                "jsonb_patch(:object, :patch)",
                "json_extract(:array :paths)",
                "jsonb_extract(:array :paths)",
                "json_remove(:array :paths)",
                "json_set(:array :changes)",
                "json_insert(:array :changes)",
                "json_replace(:array :changes)",
                "json_array_insert(:array :changes)",
                "geopoly_overlap(:polygon, :polygon)",
                "geopoly_within(:polygon, :polygon)"
            })
    void whatTakesTheProductOfTwoLengthsCanBeInterrupted(String call) throws Exception {
        var sql = "SELECT length("
                + call.replace(":paths", ", '$[#-1]'".repeat(900)).replace(":changes", ", '$[#-1]', :array".repeat(450))
                + ")";
        var instructions = new AtomicLong();
        var db = Connection.openInMemory();
        var statement = db.prepare(sql);
        for (int parameter = 1; parameter <= statement.parameterCount(); parameter++) {
            statement.bindText(parameter, value(Objects.requireNonNull(statement.parameterName(parameter))));
        }
        db.progressHandler(1, () -> {
            instructions.incrementAndGet();
            return true;
        });
        var running = new FutureTask<>(statement::step);
        var thread = Thread.ofPlatform().daemon().start(running);
        awaitInside(thread, instructions);

        db.interrupt();
        assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.INTERRUPT));
        db.close(); // not when it failed: the statement runs on
    }

    /// Until the thread has worked for a while and SQLite's machine began no further instruction: it is within the
    /// function. That none began says nothing by itself, since the thread may have had no processor.
    private static void awaitInside(Thread thread, AtomicLong instructions) throws InterruptedException {
        var limit = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        var last = 0L;
        var sinceLast = 0L;
        var inside = false;
        while (!inside) {
            assertThat(thread.isAlive()).as("the statement runs").isTrue();
            assertThat(System.nanoTime() - limit).as("it gets a processor").isNegative();
            Thread.sleep(5);
            var worked = THREADS.getThreadCpuTime(thread.threadId());
            var now = instructions.get();
            if (now != last) {
                last = now;
                sinceLast = THREADS.getThreadCpuTime(thread.threadId());
            }
            inside = last > 0 && worked - sinceLast >= INSIDE.toNanos();
        }
    }

    private static String value(String name) {
        return switch (name) {
            case ":same" -> "a".repeat(BYTES);
            case ":other" -> "z".repeat(BYTES);
            case ":miss" -> "a".repeat(BYTES / 2) + "b";
            case ":set" -> "b".repeat(BYTES - 2) + "az";
            case ":pattern" -> "a".repeat(40_000);
            case ":accents" -> "é".repeat(BYTES / 2);
            case ":accent" -> "é".repeat(20_000);
            case ":object" -> object("a");
            case ":patch" -> object("b");
            case ":array" -> "[" + "1,".repeat(BYTES / 2) + "1]";
            case ":polygon" -> polygon();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static String object(String prefix) {
        return IntStream.range(0, 400_000)
                .mapToObj(i -> "\"" + prefix + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
    }

    /// A star of which half the edges stand side by side.
    private static String polygon() {
        int corners = 1_000_000;
        return IntStream.rangeClosed(0, corners)
                .mapToObj(i -> {
                    double angle = 2 * Math.PI * (i % corners) / corners;
                    double radius = i % 2 == 0 ? 1 : 0.5;
                    return "[" + (float) (radius * Math.cos(angle)) + "," + (float) (radius * Math.sin(angle)) + "]";
                })
                .collect(Collectors.joining(",", "[", "]"));
    }
}
