package io.skerry.catalog.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsagePeriodTest {

    private static final Instant NOW = Instant.parse("2026-03-20T10:30:00Z");
    private static final UsageRetention KEPT =
            UsageRetention.of(Duration.ofHours(48), Duration.ofDays(30), Duration.ofDays(7));

    @ParameterizedTest
    @CsvSource(textBlock = """
            # from, to, the first hour, the hour after the last
            2026-03-20T08:15:00Z, 2026-03-20T09:00:00Z, 2026-03-20T08:00:00Z, 2026-03-20T09:00:00Z
            2026-03-20T08:00:00Z, 2026-03-20T09:00:01Z, 2026-03-20T08:00:00Z, 2026-03-20T10:00:00Z
            # the running hour: the rest of the day is empty yet, so the day counts whole
            2026-03-20T08:15:00Z, 2026-03-20T10:30:00Z, 2026-03-20T08:00:00Z, 2026-03-21T00:00:00Z
            2026-03-20T08:15:00Z, 2050-01-01T00:00:00Z, 2026-03-20T08:00:00Z, 2026-03-21T00:00:00Z
            # older than the hours that are kept: days
            2026-03-18T09:59:00Z, 2026-03-20T09:00:00Z, 2026-03-18T00:00:00Z, 2026-03-20T09:00:00Z
            2026-03-18T10:00:00Z, 2026-03-20T09:00:00Z, 2026-03-18T10:00:00Z, 2026-03-20T09:00:00Z
            2026-03-02T12:00:00Z, 2026-03-17T12:00:00Z, 2026-03-02T00:00:00Z, 2026-03-18T00:00:00Z
            2026-03-02T12:00:00Z, 2026-03-17T00:00:00Z, 2026-03-02T00:00:00Z, 2026-03-17T00:00:00Z
            # older than the days that are kept: those
            2000-01-01T00:00:00Z, 2026-03-17T00:00:00Z, 2026-02-18T00:00:00Z, 2026-03-17T00:00:00Z
            """)
    void bucketsThatAreBegunCountWhole(Instant from, Instant to, Instant first, Instant end) {
        UsagePeriod period = UsagePeriod.of(from, to, NOW, KEPT);
        assertThat(Instant.EPOCH.plus(Duration.ofHours(period.firstHour()))).isEqualTo(first);
        assertThat(Instant.EPOCH.plus(Duration.ofHours(period.endHour()))).isEqualTo(end);
        assertThat(period.isRunning()).isEqualTo(end.isAfter(NOW));
    }

    @Test
    void hoursAndWholeDaysTogetherAreThePeriod() {
        for (long first = 100; first < 150; first++) {
            for (long end = first - 30; end < 250; end++) {
                UsagePeriod period = new UsagePeriod(first, end, 200);
                List<Long> hours = new ArrayList<>();
                LongStream.range(period.firstHour(), period.endOfHoursBefore()).forEach(hours::add);
                LongStream.range(period.firstWholeDay(), period.endOfWholeDays())
                        .flatMap(day -> LongStream.range(day * 24, (day + 1) * 24))
                        .forEach(hours::add);
                LongStream.range(period.firstHourAfter(), period.endHour()).forEach(hours::add);
                assertThat(hours).isEqualTo(LongStream.range(first, end).boxed().toList());
            }
        }
    }

    @Test
    void whatIsBeforeAnythingIsEmpty() {
        UsagePeriod period = UsagePeriod.of(Instant.EPOCH, Instant.EPOCH.plusSeconds(1), NOW, KEPT);
        assertThat(period.endHour()).isLessThan(period.firstHour());
        assertThat(period.isRunning()).isFalse();
    }
}
