package io.skerry.catalog.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.usage.UsageReporter.Recorder;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Meter;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.Meters;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A node's ledger and reporter against a catalog that can fail before and after it has added a report.
class UsageReporterTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENT = Duration.ofMinutes(1);
    private static final Instant START = Instant.parse("2026-03-20T10:30:00Z");

    private enum Fate {
        ADDED,
        REFUSED,
        ADDED_WITHOUT_ANSWER
    }

    private final DatabaseId shop = new DatabaseId(UUID.randomUUID());
    private final Meters meters = new Meters();
    private final Meter meter = meters.of(shop);
    private final UsageLedger ledger = new UsageLedger(meters, new NodeId("fra-1"), new LocationCode("fra"), START);
    private final List<UsageReport> added = new ArrayList<>();
    private String last = UsageReport.NONE;
    private Fate fate = Fate.ADDED;
    private final Recorder catalog = this::record;
    private final UsageReporter reporter = new UsageReporter(ledger, () -> Optional.of(catalog), HOUR, PATIENT);

    private String record(UsageReport report) {
        if (fate == Fate.REFUSED) {
            throw new DatabaseException(Code.NOT_LEADER, "not here");
        }
        if (last.equals(report.after())) {
            added.add(report);
            last = report.id();
        }
        if (fate == Fate.ADDED_WITHOUT_ANSWER) {
            throw new DatabaseException(Code.OUTCOME_UNKNOWN, "nobody knows");
        }
        return last;
    }

    @BeforeEach
    void count() {
        meter.add("SELECT ?", 10, 2);
    }

    @Test
    void whatWasCountedIsReportedOnceAndNothingWhereNothingWas() {
        round(60);
        round(120);
        assertThat(added).hasSize(1);
        assertThat(added.getFirst().readings())
                .isEqualTo(List.of(new Reading(shop, 10, 2, List.of(new Query("SELECT ?", 10, 2)))));
        assertThat(added.getFirst().sinceMillis()).isEqualTo(START.toEpochMilli());
        meter.add("SELECT ?", 1, 0);
        round(180);
        assertThat(reported()).isEqualTo(11);
        assertThat(added.getLast().sinceMillis())
                .isEqualTo(START.plusSeconds(120).toEpochMilli());
    }

    @Test
    void aReportWhoseFateIsUnknownIsSentAgainAndCountsOnce() {
        fate = Fate.ADDED_WITHOUT_ANSWER;
        round(60);
        meter.add("SELECT ?", 5, 0);
        assertReadersSee(15);
        fate = Fate.ADDED;
        round(120);
        round(180);
        assertThat(reported()).isEqualTo(15);
        assertReadersSee(15);
    }

    @Test
    void whatCannotBeReportedWaitsWithoutGrowing() {
        fate = Fate.REFUSED;
        for (int i = 1; i <= 100; i++) {
            round(60 * i);
            meter.add("SELECT ?", 1, 0);
            assertReadersSee(10 + i);
        }
        assertThat(ledger.since(Set.of(shop)).stream()
                        .mapToInt(step -> step.readings().size())
                        .sum())
                .isEqualTo(2);
        fate = Fate.ADDED;
        round(6060);
        round(6120);
        assertThat(reported()).isEqualTo(110);
        assertThat(added).hasSize(2);
    }

    @Test
    void aNodeThatStartsTakesUpTheChainThatTheCatalogKnows() {
        last = "of the process before";
        round(60);
        assertThat(reported()).isEqualTo(10);
        assertThat(added.getFirst().after()).isEqualTo("of the process before");
        ledger.follow(last);
        meter.add("SELECT ?", 1, 0);
        round(120);
        assertThat(reported()).isEqualTo(11);
    }

    @Test
    void twoNodesOfOneIdDoNotReportForEver() {
        int[] asked = new int[1];
        UsageReporter contended =
                new UsageReporter(ledger, () -> Optional.of(report -> "of another " + asked[0]++), HOUR, PATIENT);
        contended.round(START);
        assertThat(asked[0]).isEqualTo(3);
    }

    @Test
    void manyDatabasesAreReportedInPartsWhichReadersTellFromEachOther() {
        Set<DatabaseId> all = new HashSet<>(Set.of(shop));
        for (int i = 0; i < 2 * UsageLedger.DATABASES_MAX; i++) {
            DatabaseId database = new DatabaseId(UUID.randomUUID());
            all.add(database);
            meters.of(database).add("SELECT ?", 1, 0);
        }
        round(60);
        assertThat(added).extracting(report -> report.readings().size()).containsExactly(500, 500, 1);
        long complete = 10 + 2 * UsageLedger.DATABASES_MAX;
        // Copies of the catalog that have applied none, one, two or all of them.
        long applied = 0;
        for (int i = 0; i <= added.size(); i++) {
            String at = i == 0 ? UsageReport.NONE : added.get(i - 1).id();
            applied += i == 0 ? 0 : rows(added.get(i - 1).readings());
            List<Reading> missing = UsageSince.after(at, ledger.rowsSince(all)).toList();
            assertThat(applied + rows(missing)).isEqualTo(complete);
        }
        assertThat(UsageSince.after("newer", ledger.rowsSince(all))).isEmpty();
    }

    @Test
    void whatIsLeftIsReportedAtTheEnd() {
        UsageReporter running = UsageReporter.start(ledger, () -> Optional.of(catalog), HOUR, PATIENT);
        running.close();

        assertThat(reported()).isEqualTo(10);
    }

    @Test
    void aCatalogThatIsSlowIsWaitedForAtTheEnd() {
        Recorder slow = report -> {
            try {
                Thread.sleep(Duration.ofSeconds(1));
            } catch (InterruptedException e) {
                throw new DatabaseException(Code.UNAVAILABLE, "given up", e);
            }
            return record(report);
        };
        UsageReporter.start(ledger, () -> Optional.of(slow), HOUR, PATIENT).close();

        assertThat(reported()).isEqualTo(10);
    }

    @Test
    void theEndDoesNotWaitForACatalogThatHangs() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        Recorder hanging = report -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new DatabaseException(Code.UNAVAILABLE, "given up");
        };
        UsageReporter.start(ledger, () -> Optional.of(hanging), HOUR, Duration.ofSeconds(3))
                .close();
        interrupted.await();
        assertReadersSee(10);
    }

    /// What a reader of a copy that is up to date adds up.
    private void assertReadersSee(long rowsRead) {
        List<Reading> missing =
                UsageSince.after(last, ledger.rowsSince(Set.of(shop))).toList();
        assertThat(reported() + rows(missing)).isEqualTo(rowsRead);
    }

    private long reported() {
        return added.stream().mapToLong(report -> rows(report.readings())).sum();
    }

    private static long rows(List<Reading> readings) {
        return readings.stream().mapToLong(Reading::rowsRead).sum();
    }

    private void round(int seconds) {
        reporter.round(START.plusSeconds(seconds));
    }
}
