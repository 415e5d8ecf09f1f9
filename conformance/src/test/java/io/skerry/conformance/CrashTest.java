package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the process at random moments while clients write at the primary and at a replica, starts it again, and
/// compares what is there, at every node, with what was acknowledged. `-Dskerry.crash.rounds=200` for a long run,
/// `-Dskerry.crash.seed=N` for the plan of an earlier one.
class CrashTest {

    private static final List<String> NAMES = List.of("one", "two", "three");
    private static final int WRITERS = 6;

    private final long seed = Long.getLong("skerry.crash.seed", System.nanoTime());
    private final int rounds = Integer.getInteger("skerry.crash.rounds", 3);
    private final Random random = new Random(seed);

    private final List<Written> databases = new ArrayList<>();
    private final AtomicLong numbers = new AtomicLong();

    @TempDir
    private Path directory;

    /// @param acknowledged each number stands for a pair of rows that one statement wrote
    private record Written(String name, String jwt, Set<Long> acknowledged) {}

    @Test
    void everyAcknowledgedWriteIsThereOnceAndNoneHalf() throws IOException, InterruptedException {
        System.out.println("crash test: seed " + seed + ", " + rounds + " rounds");
        try (DevProcess skerry = DevProcess.start(directory.resolve("data"))) {
            prepare(skerry);
            for (int round = 1; round <= rounds; round++) {
                int locationsAt = random.nextInt(2 * rounds);
                writeUntilKilled(skerry, locationsAt < rounds);
                skerry.restart();
                boolean member = awaitMember(skerry);
                for (Written database : databases) {
                    String context = "seed " + seed + ", round " + round + ", database " + database.name();
                    check(skerry, database, member, context);
                }
            }
            assertThat(acknowledged()).isPositive();
        }
    }

    private void prepare(DevProcess skerry) throws IOException, InterruptedException {
        for (String database : NAMES) {
            Answer created = skerry.api(
                    0,
                    "POST",
                    "/v1/organizations/default/databases",
                    "{\"name\":\"" + database + "\",\"group\":\"default\"}");
            assertThat(created.status()).as(created.body()).isEqualTo(200);
            Written written = new Written(database, skerry.databaseToken(database), new ConcurrentSkipListSet<>());
            databases.add(written);
            Answer table = skerry.pipeline(
                    0,
                    database,
                    written.jwt(),
                    "CREATE TABLE pair (id INTEGER PRIMARY KEY, n INTEGER, side TEXT, filler TEXT)",
                    "CREATE INDEX by_n ON pair (n, side)");
            assertThat(table.ok()).as(table.body()).isTrue();
        }
        addLocation(skerry, "lhr");
        skerry.api(0, "GET", "/v1/groups/default/locations/lhr/wait", "");
    }

    private static void addLocation(DevProcess skerry, String location) throws IOException, InterruptedException {
        Answer added = skerry.api(0, "POST", "/v1/groups/default/locations/" + location, "");
        assertThat(added.status()).as(added.body()).isEqualTo(200);
    }

    /// @param moving whether a location comes or goes meanwhile
    private void writeUntilKilled(DevProcess skerry, boolean moving) throws InterruptedException {
        AtomicBoolean killed = new AtomicBoolean();
        int before = acknowledged();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Written database = databases.get(i % databases.size());
            int node = i < WRITERS / 2 ? 0 : 1;
            threads.add(Thread.ofVirtual().start(() -> write(skerry, node, database, killed)));
        }
        if (moving) {
            threads.add(Thread.ofVirtual().start(() -> moveLocation(skerry)));
        }
        awaitMoreThan(before);
        LockSupport.parkNanos(Duration.ofMillis(100 + random.nextInt(1_500)).toNanos());
        killed.set(true);
        skerry.kill();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /// A machine may be so slow that nothing at all is acknowledged in a round before the kill: that would prove
    /// nothing.
    private void awaitMoreThan(int before) {
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (acknowledged() == before && System.nanoTime() < limit) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private int acknowledged() {
        return databases.stream()
                .mapToInt(database -> database.acknowledged().size())
                .sum();
    }

    private void write(DevProcess skerry, int node, Written database, AtomicBoolean killed) {
        while (!killed.get()) {
            long n = numbers.incrementAndGet();
            String filler = Long.toHexString(n * 0x9E3779B97F4A7C15L).repeat((int) (n % 40) + 1);
            try {
                Answer answer = skerry.pipeline(
                        node,
                        database.name(),
                        database.jwt(),
                        "INSERT INTO pair (n, side, filler) VALUES (" + n + ", 'left', '" + filler + "'), (" + n
                                + ", 'right', '" + filler + "')");
                if (answer.ok()) {
                    database.acknowledged().add(n);
                }
            } catch (IOException lost) {
                // Neither acknowledged nor refused: it may be there or not, but not half.
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Whatever it reaches before the kill; what it leaves must not disturb anybody.
    private static void moveLocation(DevProcess skerry) {
        try {
            Answer removed = skerry.api(0, "DELETE", "/v1/groups/default/locations/bos", "");
            if (removed.status() >= 500) {
                throw new AssertionError(removed.body());
            }
            skerry.api(0, "POST", "/v1/groups/default/locations/bos", "");
        } catch (IOException lost) {
            // The process was killed meanwhile.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Whether bos, which may have been coming or going, is a location now; then it has everything.
    private static boolean awaitMember(DevProcess skerry) throws IOException, InterruptedException {
        Answer group = skerry.api(0, "GET", "/v1/groups/default", "");
        boolean member = group.json().at("/group/locations").toString().contains("\"bos\"");
        if (member) {
            Answer waited = skerry.api(0, "GET", "/v1/groups/default/locations/bos/wait", "");
            assertThat(waited.status()).as(waited.body()).isEqualTo(200);
        }
        return member;
    }

    /// @param member whether the third node has the databases; where it has not, it passes the question on
    private static void check(DevProcess skerry, Written database, boolean member, String context)
            throws IOException, InterruptedException {
        String primary = contents(skerry, 0, database);
        Set<Long> there = new TreeSet<>();
        for (String line : primary.split(",")) {
            if (!line.isEmpty()) {
                String[] numberAndRows = line.split(":");
                assertThat(numberAndRows[1])
                        .as("%s: rows of pair %s", context, numberAndRows[0])
                        .isEqualTo("2");
                there.add(Long.parseLong(numberAndRows[0]));
            }
        }
        assertThat(there).as(context).containsAll(database.acknowledged());
        database.acknowledged().addAll(there);
        for (int node : member ? new int[] {0, 1, 2} : new int[] {0, 1}) {
            awaitEqual(skerry, node, database, primary, context);
            assertThat(skerry.pipeline(node, database.name(), database.jwt(), "PRAGMA integrity_check")
                            .scalar())
                    .as(context)
                    .isEqualTo("ok");
        }
    }

    private static void awaitEqual(DevProcess skerry, int node, Written database, String expected, String context)
            throws IOException, InterruptedException {
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        String found = contents(skerry, node, database);
        while (!found.equals(expected) && System.nanoTime() < limit) {
            Thread.sleep(20);
            found = contents(skerry, node, database);
        }
        assertThat(found).as("%s, node %d", context, node).isEqualTo(expected);
    }

    /// `number:rows` of every pair.
    private static String contents(DevProcess skerry, int node, Written database)
            throws IOException, InterruptedException {
        Answer answer = skerry.pipeline(
                node,
                database.name(),
                database.jwt(),
                "SELECT coalesce(group_concat(n || ':' || c), '') FROM (SELECT n, count(*) AS c FROM pair GROUP BY n ORDER BY n)");
        assertThat(answer.ok()).as(answer.body()).isTrue();
        return answer.scalar();
    }
}
