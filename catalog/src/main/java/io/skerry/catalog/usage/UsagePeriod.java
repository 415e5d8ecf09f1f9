package io.skerry.catalog.usage;

import java.time.Duration;
import java.time.Instant;

/// A stretch of time in the buckets in which the catalog counts: hours as far as it keeps them, days (UTC)
/// before. A bucket that is begun counts whole.
///
/// @param firstHour since 1970
/// @param endHour the hour after the last; not after `firstHour` if there is none
/// @param currentHour the one that is running
record UsagePeriod(long firstHour, long endHour, long currentHour) {

    private static final long HOURS_OF_DAY = 24;
    private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

    /// @param to not included
    static UsagePeriod of(Instant from, Instant to, Instant now, UsageRetention kept) {
        long current = hour(now);
        long hoursFrom = current - kept.hours();
        long daysFrom = dayBegin(current - kept.days() * HOURS_OF_DAY);
        long first = hour(from);
        if (first < hoursFrom) {
            first = Math.max(daysFrom, dayBegin(first));
        }
        long end = Math.min(hourAfter(to), dayEnd(current));
        if (end > current || dayBegin(end) < hoursFrom) {
            // Nothing is counted for the rest of this day yet, and of an old one only the whole is known.
            end = dayEnd(end - 1);
        }
        return new UsagePeriod(first, end, current);
    }

    static long hour(Instant time) {
        return Math.floorDiv(time.toEpochMilli(), HOUR_MILLIS);
    }

    static long day(long hour) {
        return Math.floorDiv(hour, HOURS_OF_DAY);
    }

    /// Whether what is counted now belongs to it.
    boolean isRunning() {
        return firstHour <= currentHour && currentHour < endHour;
    }

    /// The first of the days that are in it as a whole.
    long firstWholeDay() {
        return Math.ceilDiv(firstHour, HOURS_OF_DAY);
    }

    /// The day after the last of them; before [#firstWholeDay] if it is within one day.
    long endOfWholeDays() {
        return day(endHour);
    }

    /// The hours before the whole days are from [#firstHour] to this one, which is not among them.
    long endOfHoursBefore() {
        return Math.min(endHour, firstWholeDay() * HOURS_OF_DAY);
    }

    /// The hours after the whole days are from this one to [#endHour].
    long firstHourAfter() {
        return Math.max(endOfHoursBefore(), endOfWholeDays() * HOURS_OF_DAY);
    }

    /// The first of the days that it touches.
    long firstDay() {
        return day(firstHour);
    }

    /// The day after the last that it touches.
    long endDay() {
        return Math.ceilDiv(endHour, HOURS_OF_DAY);
    }

    private static long hourAfter(Instant time) {
        return Math.ceilDiv(time.toEpochMilli(), HOUR_MILLIS);
    }

    private static long dayBegin(long hour) {
        return day(hour) * HOURS_OF_DAY;
    }

    private static long dayEnd(long hour) {
        return (day(hour) + 1) * HOURS_OF_DAY;
    }
}
