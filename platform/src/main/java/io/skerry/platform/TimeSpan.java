package io.skerry.platform;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The time that a call asks about with `from` and `to`: without them, the current month (UTC) until now.
///
/// @param to not included
record TimeSpan(Instant from, Instant to) {

    /// Those of RFC 3339, which has four digits for them.
    private static final int YEAR_MAX = 9999;

    /// @throws ApiException 400 for what is no time, and for a span that ends before it begins
    static TimeSpan of(Call call, Instant now) {
        Optional<Instant> from = time(call, "from");
        Instant to = time(call, "to").orElse(now);
        if (from.filter(begin -> begin.isAfter(to)).isPresent()) {
            throw new ApiException(400, "invalid from parameter: " + from.get() + " is after " + to);
        }
        return new TimeSpan(from.orElseGet(() -> beginOfMonth(to)), to);
    }

    private static Instant beginOfMonth(Instant time) {
        return time.atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.DAYS)
                .withDayOfMonth(1)
                .toInstant();
    }

    private static Optional<Instant> time(Call call, String name) {
        return call.query(name).map(text -> parse(name, text));
    }

    private static Instant parse(String name, String text) {
        try {
            // A client sends the sign of the zone as it is, which in a query means a blank.
            OffsetDateTime time = OffsetDateTime.parse(text.replace(' ', '+'));
            if (time.getYear() < 0 || time.getYear() > YEAR_MAX) {
                throw invalid(name, text);
            }
            return time.toInstant();
        } catch (DateTimeParseException e) {
            throw invalid(name, text);
        }
    }

    private static ApiException invalid(String name, String text) {
        return new ApiException(
                400,
                "invalid " + name + " parameter: parsing time \"" + Shown.of(text)
                        + "\" as \"2006-01-02T15:04:05Z07:00\"");
    }
}
