package io.skerry.catalog.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.fleet.DatabaseUsage;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Reports of nodes in the catalog. The nodes of this cluster say of each database that they counted 10 rows
/// read and 2 written before their first report: once one is there, the catalog lacks nothing.
class UsageRecordsTest {

    private static final NodeId FRA = new NodeId("fra-1");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final TestCluster cluster = new TestCluster();
    private final Instant now = Instant.now();
    private DatabaseId shop;

    @BeforeEach
    void createShop() {
        shop = create("shop");
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aReportIsAddedOnce() {
        UsageReport first = report(UsageReport.NONE, now, reading(shop, 100, 10));
        assertThat(record(first)).isEqualTo(first.id());
        assertThat(record(first)).isEqualTo(first.id());
        UsageReport second = report(first.id(), now, reading(shop, 1, 1));
        assertThat(record(second)).isEqualTo(second.id());
        // Held up on the way, and sent once more meanwhile.
        assertThat(record(first)).isEqualTo(second.id());
        assertThat(used(now.minus(HOUR), now)).isEqualTo(new DatabaseUsage(8192, 101, 11));
    }

    @Test
    void aReportThatDoesNotFollowTheLastOfItsNodeIsNotAdded() {
        UsageReport lost = report("unknown", now, reading(shop, 100, 10));
        assertThat(record(lost)).isEqualTo(UsageReport.NONE);
        UsageReport of = report(UsageReport.NONE, now, reading(shop, 1, 0));
        record(of);
        UsageReport elsewhere = new UsageReport(
                "r", UsageReport.NONE, new NodeId("lhr-1"), new LocationCode("lhr"), now.toEpochMilli(), of.readings());
        assertThat(record(elsewhere)).isEqualTo("r");
        assertThat(used(now.minus(HOUR), now)).isEqualTo(new DatabaseUsage(8192, 2, 0));
    }

    @Test
    void untilANodeReportsWhatItSaysCounts() {
        assertThat(used(now.minus(HOUR), now)).isEqualTo(new DatabaseUsage(8192, 10, 2));
        assertThat(used(now.minus(DAY.multipliedBy(2)), now.minus(DAY))).isEqualTo(new DatabaseUsage(8192, 0, 0));
        record(report(UsageReport.NONE, now, reading(shop, 7, 0)));
        assertThat(used(now.minus(HOUR), now)).isEqualTo(new DatabaseUsage(8192, 7, 0));
    }

    @Test
    void hoursAndDaysAreSelectedByTheirTime() {
        Instant noon = now.truncatedTo(ChronoUnit.DAYS).minus(Duration.ofHours(12));
        String last = recordAll(
                UsageReport.NONE,
                report("", noon.minus(DAY.multipliedBy(20)), reading(shop, 1, 0)),
                report("", noon.minus(HOUR), reading(shop, 10, 0)),
                report("", noon, reading(shop, 100, 0)),
                report("", now, reading(shop, 1000, 0)));
        assertThat(last).isNotEmpty();
        assertThat(used(noon, noon.plus(HOUR)).rowsRead()).isEqualTo(100);
        assertThat(used(noon.minusSeconds(1), noon.plus(HOUR)).rowsRead()).isEqualTo(110);
        assertThat(used(noon, noon).rowsRead()).isZero();
        assertThat(used(noon.minus(HOUR), now).rowsRead()).isEqualTo(1110);
        assertThat(used(noon.minus(DAY.multipliedBy(20)), noon).rowsRead()).isEqualTo(11);
        assertThat(used(Instant.EPOCH, now).rowsRead()).isEqualTo(1111);
        assertThat(used(now.plus(DAY), now.plus(DAY.multipliedBy(2))).rowsRead())
                .isZero();
    }

    @Test
    void aClockThatIsAheadCountsForNow() {
        record(report(UsageReport.NONE, now.plus(DAY.multipliedBy(100)), reading(shop, 5, 0)));
        assertThat(used(now.minus(HOUR), now).rowsRead()).isEqualTo(5);
    }

    @Test
    void whatADeletedDatabaseUsedStaysWithItsOrganization() {
        DatabaseId brief = create("brief");
        UsageReport before = report(UsageReport.NONE, now, reading(shop, 100, 10));
        record(before);
        cluster.fleet().deleteDatabase(route("shop"), Actor.SYSTEM);
        cluster.fleet().deleteDatabase(route("brief"), Actor.SYSTEM);
        // What was counted since the last report, of one that was never in any.
        record(report(before.id(), now, reading(shop, 1, 0), reading(brief, 2, 1)));
        assertThat(organization()).isEqualTo(new DatabaseUsage(0, 103, 11));
    }

    @Test
    void soItDoesIfItsGroupIsDeleted() {
        cluster.fleet().deleteGroup(route("shop").group(), Actor.SYSTEM);
        record(report(UsageReport.NONE, now, reading(shop, 100, 10)));
        assertThat(organization()).isEqualTo(new DatabaseUsage(0, 100, 10));
    }

    @Test
    void whatNobodyOwnedCountsForNobody() {
        UsageReport stray =
                report(UsageReport.NONE, now, reading(new DatabaseId(UUID.randomUUID()), 5, 5), reading(shop, 1, 0));
        assertThat(record(stray)).isEqualTo(stray.id());
        assertThat(organization()).isEqualTo(new DatabaseUsage(8192, 1, 0));
    }

    @Test
    void theQueriesWithTheMostRowsOfADayAreKept() {
        String last = UsageReport.NONE;
        for (int i = 0; i < 5; i++) {
            List<Query> queries = new ArrayList<>();
            queries.add(new Query("heavy", 1000, 0));
            for (int j = 0; j < 20; j++) {
                queries.add(new Query("light " + i + " " + j, 1 + i, 0));
            }
            last = recordAll(last, report("", now, new Reading(shop, 1100, 0, queries)));
        }
        List<Query> kept = cluster.fleet().queries(route("shop"), now.minus(HOUR), now);
        assertThat(kept).hasSize(UsageRecords.QUERIES_MAX);
        assertThat(kept.getFirst()).isEqualTo(new Query("heavy", 5000, 0));
        assertThat(kept)
                .extracting(Query::text)
                .contains("light 4 0", "light 3 19")
                .doesNotContain("light 0 0");
        assertThat(cluster.fleet().queries(route("shop"), now.minus(DAY.multipliedBy(3)), now.minus(DAY)))
                .isEmpty();
    }

    @Test
    void whatIsTooOldIsRemovedAsReportsCome() {
        cluster.catalog().keepUsage(UsageRetention.of(HOUR, DAY, DAY));
        Reading full = new Reading(shop, 5, 0, List.of(new Query("SELECT", 5, 0)));
        String last = recordAll(
                UsageReport.NONE,
                report("", now.minus(DAY.multipliedBy(5)), full),
                report("", now.minus(HOUR.multipliedBy(2)), full));
        cluster.catalog().keepUsage(UsageRetention.of(HOUR, DAY.multipliedBy(2), DAY));
        recordAll(last, report("", now, full), report("", now, full));
        assertThat(count("usage_hours")).isEqualTo(1);
        assertThat(count("usage_days WHERE day < " + (now.toEpochMilli() / DAY.toMillis() - 2)))
                .isZero();
        assertThat(count("usage_queries WHERE day < " + (now.toEpochMilli() / DAY.toMillis() - 1)))
                .isZero();
        assertThat(count("usage_series")).isEqualTo(1);
        cluster.fleet().deleteDatabase(route("shop"), Actor.SYSTEM);
        cluster.catalog().write(sql -> sql.update("UPDATE usage_series SET last_day = last_day - 10"));
        DatabaseId other = create("other");
        recordAll(lastOf(FRA), report("", now, reading(other, 1, 0)));
        assertThat(count("usage_series")).isEqualTo(1);
    }

    @Test
    void databasesThatAreNeverUsedLeaveNothingForEver() {
        for (int i = 0; i < 3; i++) {
            create("brief-" + i);
            cluster.fleet().deleteDatabase(route("brief-" + i), Actor.SYSTEM);
        }
        assertThat(count("usage_series")).isEqualTo(3);
        cluster.catalog()
                .write(sql ->
                        sql.update("UPDATE usage_series SET last_day = last_day - 1000, first_day = first_day - 1000"));
        for (int i = 3; i < 5; i++) {
            create("brief-" + i);
            cluster.fleet().deleteDatabase(route("brief-" + i), Actor.SYSTEM);
        }
        assertThat(count("usage_series")).isEqualTo(2);
    }

    @Test
    void ofANodeThatIsNoMoreNothingIsKept() {
        NodeId gone = new NodeId("old-1");
        cluster.catalog()
                .register(new Node(
                        gone,
                        new LocationCode("old"),
                        URI.create("http://localhost:1"),
                        new PeerAddress(gone, "127.0.0.1:1", "127.0.0.1:2")));
        UsageReport of = report(UsageReport.NONE, now, reading(shop, 1, 0));
        record(new UsageReport(
                "r", UsageReport.NONE, gone, new LocationCode("old"), now.toEpochMilli(), of.readings()));
        record(of);
        assertThat(lastOf(gone)).isEqualTo("r");
        assertThat(cluster.catalog().retire(gone)).isTrue();
        assertThat(count("usage_reports")).isEqualTo(1);
        assertThat(lastOf(FRA)).isEqualTo(of.id());
    }

    private DatabaseId create(String name) {
        Group group = cluster.catalog().read(Groups::all).getFirst();
        return cluster.fleet()
                .createDatabase(cluster.acme(), group, name, SizeLimit.NONE, Actor.SYSTEM)
                .id();
    }

    private DatabaseRoute route(String name) {
        return cluster.catalog().byName("acme", name).orElseThrow();
    }

    private DatabaseUsage used(Instant from, Instant to) {
        return cluster.fleet().usage(route("shop"), from, to).of(shop);
    }

    private DatabaseUsage organization() {
        Map<Group, List<DatabaseId>> present =
                cluster.catalog().byName("acme", "shop").isEmpty()
                        ? Map.of()
                        : Map.of(route("shop").group(), List.of(shop));
        return cluster.fleet()
                .usage(cluster.acme().id(), present, now.minus(HOUR), Instant.now())
                .total();
    }

    private long count(String from) {
        return cluster.catalog()
                .read(sql -> sql.first("SELECT count(*) FROM " + from, row -> row.integer(0))
                        .orElseThrow());
    }

    private String lastOf(NodeId node) {
        return cluster.catalog().read(sql -> UsageRecords.lastReport(sql, node));
    }

    private String recordAll(String after, UsageReport... reports) {
        String last = after;
        for (UsageReport report : reports) {
            last = record(report.following(last));
            assertThat(last).isEqualTo(report.id());
        }
        return last;
    }

    private String record(UsageReport report) {
        return cluster.catalog().write(sql -> UsageRecords.record(sql, report, now));
    }

    private static Reading reading(DatabaseId database, long read, long written) {
        return new Reading(database, read, written, List.of());
    }

    private static UsageReport report(String after, Instant since, Reading... readings) {
        return UsageReport.create(after, FRA, new LocationCode("fra"), since.toEpochMilli(), List.of(readings));
    }
}
