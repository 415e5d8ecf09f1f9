package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class MetersTest {

    private final Meters meters = new Meters();
    private final DatabaseId shop = new DatabaseId(UUID.randomUUID());
    private final DatabaseId crm = new DatabaseId(UUID.randomUUID());

    @Test
    void whatWasTakenIsNotTakenAgain() {
        Meter meter = meters.of(shop);
        meter.add("SELECT ?", 3, 0);
        meter.add("INSERT", 1, 2);
        assertThat(meters.untaken(List.of(shop)))
                .isEqualTo(meters.take())
                .containsExactly(
                        new Reading(shop, 4, 2, List.of(new Query("INSERT", 1, 2), new Query("SELECT ?", 3, 0))));
        assertThat(meters.untaken(List.of(shop))).isEmpty();
        assertThat(meters.take()).isEmpty();
        meter.add("INSERT", 0, 5);
        meter.add(7, 0);
        assertThat(meters.take()).containsExactly(new Reading(shop, 7, 5, List.of(new Query("INSERT", 0, 5))));
    }

    @Test
    void onlyDatabasesThatWereUsedAreTaken() {
        meters.of(shop).add("SELECT ?", 1, 0);
        meters.of(crm).add("SELECT ?", 1, 0);
        meters.of(new DatabaseId(UUID.randomUUID()));
        assertThat(meters.untaken(List.of(crm))).extracting(Reading::database).containsExactly(crm);
        assertThat(meters.take()).extracting(Reading::database).containsExactlyInAnyOrder(shop, crm);
    }

    @Test
    void ofADatabaseThatWentAndCameBackBothAreTaken() {
        meters.of(shop).add("SELECT ?", 1, 0);
        meters.of(shop).add("SELECT ?", 2, 0);
        assertThat(meters.take()).extracting(Reading::rowsRead).containsExactlyInAnyOrder(1L, 2L);
    }

    /// Each meter is used by all threads at about the same time, and by none after that: whatever falls
    /// between a look at it and its mark is missing at the end.
    @Test
    void noRowIsLostOrTakenTwiceWhileOthersAreAdded() throws Exception {
        int threads = 3;
        List<Meter> all = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            all.add(meters.of(shop));
        }
        CountDownLatch running = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread.ofPlatform().start(() -> {
                all.forEach(meter -> meter.add("SELECT ?", 1, 2));
                running.countDown();
            });
        }
        List<Reading> taken = new ArrayList<>();
        while (running.getCount() > 0) {
            taken.addAll(meters.take());
        }
        taken.addAll(meters.take());
        assertThat(taken.stream().mapToLong(Reading::rowsRead).sum()).isEqualTo((long) threads * all.size());
        assertThat(taken.stream().mapToLong(Reading::rowsWritten).sum()).isEqualTo(2L * threads * all.size());
    }
}
