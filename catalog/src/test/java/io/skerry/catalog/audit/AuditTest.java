package io.skerry.catalog.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.testing.TestCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AuditTest {

    private final TestCluster cluster = new TestCluster();
    private final Instant now = Instant.now();

    @BeforeEach
    void growOld() {
        record("old", now.minus(Duration.ofDays(3)), 100);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void whatIsTooOldGoesWithWhatComesLater() {
        cluster.catalog().keepAudit(Duration.ofDays(2));
        record("new", now, 20);
        assertThat(targets()).hasSize(20).containsOnly("new");
    }

    @Test
    void whatIsNotTooOldStays() {
        cluster.catalog().keepAudit(Duration.ofDays(4));
        record("new", now, 20);
        assertThat(targets()).contains("old").hasSizeGreaterThanOrEqualTo(120);
    }

    @Test
    void sayingTheSameAgainChangesNothing() {
        cluster.catalog().keepAudit(Duration.ofDays(4));
        long frame = cluster.catalog().frame().value();
        cluster.catalog().keepAudit(Duration.ofDays(4));
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        cluster.catalog().keepAudit(Duration.ofDays(2));
        assertThat(cluster.catalog().frame().value()).isGreaterThan(frame);
    }

    private void record(String target, Instant at, int times) {
        cluster.catalog().write(sql -> {
            if (target.equals("old")) {
                // The first start happened just now.
                sql.update("DELETE FROM audit");
            }
            for (int i = 0; i < times; i++) {
                Audit.record(
                        sql, Actor.SYSTEM, Action.DB_CREATE, cluster.acme(sql).id(), target, "", at);
            }
            return times;
        });
    }

    private List<String> targets() {
        return cluster.catalog().read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1_000)).stream()
                .map(Audit.Entry::target)
                .toList();
    }
}
