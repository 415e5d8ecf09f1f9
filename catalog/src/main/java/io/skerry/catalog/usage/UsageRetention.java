package io.skerry.catalog.usage;

import io.skerry.catalog.sql.Sql;
import java.time.Duration;
import java.util.List;

/// For how long the catalog keeps what was counted.
///
/// @param hours in which it is known by the hour
/// @param days in which it is known by the day
/// @param queryDays in which the queries of a day are known
public record UsageRetention(long hours, long days, long queryDays) {

    /// Counts until anything else is said.
    public static final UsageRetention DEFAULT = of(Duration.ofHours(72), Duration.ofDays(400), Duration.ofDays(7));

    private static final String SETTING = "usage_retention";

    /// Parts of a day count as a day.
    public static UsageRetention of(Duration hours, Duration days, Duration queries) {
        return new UsageRetention(hours.toHours(), toDays(days), toDays(queries));
    }

    private static long toDays(Duration time) {
        return Math.ceilDiv(time.toHours(), 24);
    }

    public static UsageRetention in(Sql sql) {
        return sql.first("SELECT value FROM settings WHERE name = ?", row -> parse(row.text(0)), SETTING)
                .orElse(DEFAULT);
    }

    /// Says it to the catalog.
    public void keep(Sql sql) {
        sql.update("""
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, SETTING, hours + " " + days + " " + queryDays);
    }

    private static UsageRetention parse(String text) {
        List<Long> parts = List.of(text.split(" ")).stream().map(Long::valueOf).toList();
        return new UsageRetention(parts.get(0), parts.get(1), parts.get(2));
    }
}
