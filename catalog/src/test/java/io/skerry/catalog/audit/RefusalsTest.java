package io.skerry.catalog.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// However much is refused, the catalog gets little of it.
@Timeout(120)
class RefusalsTest {

    private final TestCluster cluster = new TestCluster();
    private final AtomicLong nanos = new AtomicLong();
    private final Refusals refusals = new Refusals(AuditTrail.of(cluster.catalog()), Duration.ofHours(1), nanos::get);

    @AfterEach
    void close() {
        refusals.close();
        cluster.close();
    }

    @Test
    void anOrganizationGetsSoManyEntriesAndThenOneAMinuteThatTellsOfTheRest() {
        for (int i = 0; i < 200; i++) {
            note("operation-" + i);
        }
        refusals.flush();
        assertThat(entries()).hasSize(60);

        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        note("later");
        refusals.flush();
        assertThat(entries().getFirst().message()).isEqualTo("later: no (140 other refusals before it are left out)");
        note("too soon");
        refusals.flush();
        assertThat(entries()).hasSize(61);
    }

    @Test
    void theSameOfOneActorIsOneEntryWithItsNumber() {
        for (int i = 0; i < 5; i++) {
            note("again");
        }
        note("once");
        refusals.flush();
        assertThat(entries()).extracting(Audit.Entry::message).containsExactly("once: no", "again: no (5 times)");
        assertThat(entries()).allMatch(entry -> entry.result().equals("403"));
    }

    @Test
    void nothingIsWrittenWhereNothingWasRefused() {
        long frame = cluster.catalog().frame().value();
        refusals.flush();
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
    }

    @Test
    void aCatalogThatTakesNoWritesLosesThemAndGoesOn() {
        cluster.database().refuse(Code.NOT_LEADER);
        note("lost");
        refusals.flush();
        cluster.database().refuse(null);
        note("kept");
        refusals.flush();
        assertThat(entries()).extracting(Audit.Entry::message).containsExactly("kept: no");
    }

    @Test
    void soManyKindsWaitAtMost() {
        for (int i = 0; i < 3_000; i++) {
            // Of organizations that are not there: this is about what waits, not about what is written.
            refusals.note(new Refusals.Refusal(new OrganizationId(new UUID(0, i)), actor(), "any", "", 403, "no"));
        }
        note("no room");
        refusals.flush();
        assertThat(entries()).isEmpty();
        note("room again");
        refusals.flush();
        assertThat(entries()).hasSize(1);
    }

    @Test
    void anOrganizationThatIsGoneGetsNone() {
        refusals.note(new Refusals.Refusal(new OrganizationId(UUID.randomUUID()), actor(), "gone", "", 403, "no"));
        note("there");
        refusals.flush();
        long all = cluster.catalog()
                .read(sql -> sql.first("SELECT count(*) FROM audit WHERE action = 'refused'", row -> row.integer(0))
                        .orElseThrow());
        assertThat(all).isOne();
    }

    private static Actor actor() {
        return new Actor("mallory", "api", "127.0.0.1", "req-1");
    }

    private void note(String operation) {
        refusals.note(new Refusals.Refusal(cluster.acme().id(), actor(), operation, "x", 403, "no"));
    }

    private List<Audit.Entry> entries() {
        return cluster.catalog().read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1_000)).stream()
                .filter(entry -> entry.action().equals("refused"))
                .toList();
    }
}
