package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.conformance.Change.Way;
import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills the process at random moments while clients write at the primary and at a replica, starts it
/// again, and compares what is there, at every node, with what was acknowledged. Little log is kept,
/// so that checkpoints, purges and copies go on all the time. `-Dskerry.crash.rounds=200` for a long
/// run, `-Dskerry.crash.seed=N` for the plan of an earlier one.
class CrashTest {

    private static final List<String> NAMES = List.of("one", "two", "three");
    private static final int WRITERS = 6;
    private static final int LONG = 30;

    private final long seed = Long.getLong("skerry.crash.seed", System.nanoTime());
    private final int rounds = Integer.getInteger("skerry.crash.rounds", 3);
    private final Random random = new Random(seed);

    private final List<Written> databases = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentSkipListMap<>();
    private final Set<Throwable> failures = ConcurrentHashMap.newKeySet();

    @TempDir
    private Path directory;

    /// One database, and what must be there as of the last look.
    private static final class Written {
        final String name;
        final String jwt;
        final Set<String> acknowledged = new ConcurrentSkipListSet<>();

        /// What must not be there.
        final Set<String> refused = new ConcurrentSkipListSet<>();

        final Contents contents = new Contents();
        final Set<String> done = new HashSet<>();
        long lastDone;

        Written(String name, String jwt) {
            this.name = name;
            this.jwt = jwt;
        }
    }

    /// @param id of the writer
    private record Writer(int id, int node, Written database, AtomicInteger number) {}

    @Test
    void everyAcknowledgedTransactionIsThereOnceAndNoneHalf() throws IOException, InterruptedException {
        System.out.println("crash test: seed " + seed + ", " + rounds + " rounds");
        try (DevProcess skerry = DevProcess.start(directory.resolve("data"), "--set", "raft.checkpoint-bytes=2MiB")) {
            prepare(skerry);
            String group = skerry.groupId("default");
            for (int round = 1; round <= rounds; round++) {
                writeUntilKilled(skerry, random.nextBoolean());
                skerry.restart();
                boolean member = awaitMember(skerry);
                for (Written database : databases) {
                    String context = "seed " + seed + ", round " + round + ", database " + database.name;
                    check(skerry, database, member, context);
                }
                Written dumped = databases.get(round % databases.size());
                compareDumps(skerry, dumped, member, "seed " + seed + ", round " + round + ", database " + dumped.name);
                for (int node : nodes(member)) {
                    assertThat(skerry.health(node, group).get("trouble").isNull())
                            .as("seed %d, round %d: node %d is well", seed, round, node)
                            .isTrue();
                }
            }
            System.out.println("crash test: " + outcomes);
            assertThat(acknowledged()).isPositive();
            if (rounds >= LONG) {
                // A log is kept for half a minute after a copy of its databases was sent.
                assertThat(firstInLog(group)).as("entries were let go of").isPositive();
            }
        }
    }

    private void prepare(DevProcess skerry) throws IOException, InterruptedException {
        for (String name : NAMES) {
            Answer created = skerry.api(
                    0,
                    "POST",
                    "/v1/organizations/default/databases",
                    "{\"name\":\"" + name + "\",\"group\":\"default\"}");
            assertThat(created.status()).as(created.body()).isEqualTo(200);
            Written database = new Written(name, skerry.databaseToken(name));
            databases.add(database);
            Answer tables = skerry.pipeline(0, name, database.jwt, Change.SCHEMA.toArray(String[]::new));
            assertThat(tables.ok()).as(tables.body()).isTrue();
        }
        for (int id = 0; id < WRITERS; id++) {
            int node = id < WRITERS / 2 ? 0 : 1;
            writers.add(new Writer(id, node, databases.get(id % databases.size()), new AtomicInteger()));
        }
        Answer added = skerry.api(0, "POST", "/v1/groups/default/locations/lhr", "");
        assertThat(added.status()).as(added.body()).isEqualTo(200);
        skerry.api(0, "GET", "/v1/groups/default/locations/lhr/wait", "");
    }

    /// @param moving whether a location comes or goes meanwhile
    private void writeUntilKilled(DevProcess skerry, boolean moving) throws InterruptedException {
        AtomicBoolean killed = new AtomicBoolean();
        int before = acknowledged();
        List<Thread> threads = new ArrayList<>();
        for (Writer writer : writers) {
            threads.add(start(() -> {
                while (!killed.get()) {
                    write(skerry, writer);
                }
            }));
        }
        if (moving) {
            threads.add(start(() -> moveLocation(skerry)));
        }
        awaitMoreThan(before);
        LockSupport.parkNanos(Duration.ofMillis(100 + random.nextInt(1_500)).toNanos());
        killed.set(true);
        skerry.kill();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private Thread start(Work work) {
        return Thread.ofVirtual().start(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                failures.add(e);
            }
        });
    }

    /// A machine may be so slow that nothing at all is acknowledged in a round before the kill: that
    /// would prove nothing.
    private void awaitMoreThan(int before) {
        long limit = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (acknowledged() == before && System.nanoTime() < limit) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private int acknowledged() {
        return databases.stream()
                .mapToInt(database -> database.acknowledged.size())
                .sum();
    }

    private void write(DevProcess skerry, Writer writer) throws InterruptedException {
        Change change = Change.of(seed, writer.id, writer.number.incrementAndGet());
        String outcome;
        try {
            outcome = carryOut(skerry, writer, change);
        } catch (IOException lost) {
            // Neither acknowledged nor refused: it may be there or not, but not half.
            outcome = "lost";
        }
        String key = writer.id + ":" + change.number();
        if (change.way() == Way.ROLLED_BACK || outcome.startsWith("refused")) {
            writer.database.refused.add(key);
        } else if (outcome.equals("done")) {
            writer.database.acknowledged.add(key);
        }
        String what =
                change.way() == Way.ROLLED_BACK ? "rolled back" : change.kind().toString();
        outcomes.computeIfAbsent(what + " " + outcome, ignored -> new AtomicInteger())
                .incrementAndGet();
    }

    private static String carryOut(DevProcess skerry, Writer writer, Change change)
            throws IOException, InterruptedException {
        List<List<String>> requests = requests(change);
        String baton = null;
        for (int i = 0; i < requests.size(); i++) {
            boolean last = i == requests.size() - 1;
            Answer answer =
                    skerry.batch(writer.node, writer.database.name, writer.database.jwt, baton, last, requests.get(i));
            JsonNode error = answer.error();
            if (error != null) {
                String code = error.path("code").asText(answer.body());
                if (!last && answer.status() == 200) {
                    skerry.batch(
                            writer.node, writer.database.name, writer.database.jwt, baton(answer), true, List.of());
                }
                boolean unknown = code.equals("OUTCOME_UNKNOWN") || (last && answer.status() != 200);
                return (unknown ? "unknown " : "refused ") + code;
            }
            baton = baton(answer);
        }
        return "done";
    }

    private static @Nullable String baton(Answer answer) throws IOException {
        JsonNode baton = answer.json().path("baton");
        return baton.isTextual() ? baton.asText() : null;
    }

    private static List<List<String>> requests(Change change) {
        List<String> all = new ArrayList<>(List.of("BEGIN IMMEDIATE"));
        all.addAll(change.statements());
        all.add(change.way() == Way.ROLLED_BACK ? "ROLLBACK" : "COMMIT");
        if (change.way() == Way.AT_ONCE) {
            return List.of(all);
        }
        return List.of(all.subList(0, 2), all.subList(2, all.size() - 1), all.subList(all.size() - 1, all.size()));
    }

    /// Whatever it reaches before the kill; what it leaves must not disturb anybody.
    private static void moveLocation(DevProcess skerry) throws InterruptedException {
        try {
            Answer removed = skerry.api(0, "DELETE", "/v1/groups/default/locations/bos", "");
            if (removed.status() >= 500) {
                throw new AssertionError(removed.body());
            }
            skerry.api(0, "POST", "/v1/groups/default/locations/bos", "");
        } catch (IOException lost) {
            // The process was killed meanwhile.
        }
    }

    /// Whether bos, which may have been coming or going, is a location now; then it has everything.
    private static boolean awaitMember(DevProcess skerry) throws IOException, InterruptedException {
        Answer group = skerry.api(0, "GET", "/v1/groups/default", "");
        boolean member = group.json().at("/group/locations").toString().contains("\"bos\"");
        if (member) {
            try {
                Answer waited = skerry.api(0, "GET", "/v1/groups/default/locations/bos/wait", "");
                assertThat(waited.status()).as(waited.body()).isEqualTo(200);
            } catch (HttpTimeoutException e) {
                throw new AssertionError("bos does not come to serve: " + state(skerry), e);
            }
        }
        return member;
    }

    private static String state(DevProcess skerry) throws IOException, InterruptedException {
        var state =
                new StringBuilder(skerry.api(0, "GET", "/v1/groups/default", "").body());
        for (int node : nodes(true)) {
            state.append("\nnode ").append(node).append(": ");
            state.append(skerry.api(node, "GET", "/health/groups", "").body());
        }
        return state.append("\nits log: ").append(skerry.log()).toString();
    }

    /// @param member whether the third node has the databases; where it has not, it passes the
    ///     question on
    private void check(DevProcess skerry, Written database, boolean member, String context)
            throws IOException, InterruptedException {
        learn(skerry, database, context);
        assertThat(database.done).as(context).containsAll(database.acknowledged);
        assertThat(database.done)
                .as("%s: nothing that was refused or rolled back", context)
                .noneMatch(database.refused::contains);
        database.acknowledged.addAll(database.done);
        String last = database.lastDone + ":" + database.done.size();
        for (int node : nodes(member)) {
            String at = context + ", node " + node;
            awaitEqual(skerry, node, database, last, at);
            assertThat(value(skerry, node, database, Contents.rowsQuery()))
                    .as(at)
                    .isEqualTo(database.contents.rows());
            assertThat(value(skerry, node, database, Contents.tablesQuery()))
                    .as(at)
                    .isEqualTo(database.contents.tables());
            assertThat(value(skerry, node, database, "PRAGMA integrity_check"))
                    .as(at)
                    .isEqualTo("ok");
        }
    }

    private static int[] nodes(boolean member) {
        return member ? new int[] {0, 1, 2} : new int[] {0, 1};
    }

    /// What was done since the last look, of which there may be more than was acknowledged.
    private void learn(DevProcess skerry, Written database, String context) throws IOException, InterruptedException {
        String lines = value(
                skerry,
                0,
                database,
                "SELECT coalesce(group_concat(id || ':' || writer || ':' || number), '') FROM (SELECT * FROM done WHERE"
                        + " id > " + database.lastDone + " ORDER BY id)");
        for (String line : lines.split(",")) {
            if (!line.isEmpty()) {
                String[] parts = line.split(":", 2);
                database.lastDone = Long.parseLong(parts[0]);
                assertThat(database.done.add(parts[1]))
                        .as("%s: %s is there once", context, parts[1])
                        .isTrue();
                String[] key = parts[1].split(":");
                database.contents.apply(Change.of(seed, Integer.parseInt(key[0]), Long.parseLong(key[1])));
            }
        }
    }

    private static void awaitEqual(DevProcess skerry, int node, Written database, String last, String context)
            throws IOException, InterruptedException {
        String query = "SELECT coalesce(max(id), 0) || ':' || count(*) FROM done";
        String found = Await.value(() -> value(skerry, node, database, query), last::equals);
        assertThat(found).as(context).isEqualTo(last);
    }

    private static String value(DevProcess skerry, int node, Written database, String query)
            throws IOException, InterruptedException {
        Answer answer = skerry.pipeline(node, database.name, database.jwt, query);
        assertThat(answer.ok()).as(answer.body()).isTrue();
        return answer.scalar();
    }

    private static void compareDumps(DevProcess skerry, Written database, boolean member, String context)
            throws IOException, InterruptedException {
        String first = null;
        for (int node : nodes(member)) {
            Answer dump = skerry.call(
                    node, "GET", "/dev/" + database.name + "/dump", database.jwt, "", Duration.ofMinutes(2));
            assertThat(dump.status()).as(context).isEqualTo(200);
            assertThat(dump.body().stripTrailing()).as(context).endsWith("COMMIT;");
            first = first == null ? dump.body() : first;
            // Not by a comparison that prints both when they differ.
            assertThat(dump.body().equals(first))
                    .as("%s: the dump of node %d is that of the first", context, node)
                    .isTrue();
        }
    }

    /// The index of the first entry that the primary's log of a group has.
    private long firstInLog(String group) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data/fra/raft/log/" + group + "/current"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("log_"))
                    .mapToLong(name -> Long.parseLong(
                            name.replaceFirst("log_(inprogress_)?", "").replaceFirst("-.*", "")))
                    .min()
                    .orElseThrow();
        }
    }
}
