package io.skerry.catalog.token;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How long a token is to live, as clients write it: `never`, or a sequence of whole numbers with a unit of `w`,
/// `d`, `h`, `m`, `s`, `ms`, `us`, `µs` or `ns`, as `2w1d30m`.
public final class Expiration {

    private static final Pattern PART = Pattern.compile("(\\d{1,18})(ns|us|µs|μs|ms|w|d|h|m|s)");
    private static final Map<String, Duration> UNITS = Map.of(
            "w", Duration.ofDays(7),
            "d", Duration.ofDays(1),
            "h", Duration.ofHours(1),
            "m", Duration.ofMinutes(1),
            "s", Duration.ofSeconds(1),
            "ms", Duration.ofMillis(1),
            "us", Duration.ofNanos(1_000),
            "µs", Duration.ofNanos(1_000),
            "μs", Duration.ofNanos(1_000),
            "ns", Duration.ofNanos(1));

    /// A thousand years: no one can tell it from `never`, and sums stay in range.
    private static final Duration MAX = Duration.ofDays(365_000);

    private Expiration() {}

    /// @return empty for a token that does not expire
    /// @throws IllegalArgumentException if `text` is none of the above, is zero, or is longer than 1000 years
    public static Optional<Duration> parse(String text) {
        if (text.isEmpty() || text.equals("never") || text.equals("none") || text.equals("default")) {
            return Optional.empty();
        }
        Matcher part = PART.matcher(text);
        BigInteger nanos = BigInteger.ZERO;
        int end = 0;
        while (end < text.length()) {
            if (!part.find(end) || part.start() != end) {
                throw new IllegalArgumentException("Invalid expiration format");
            }
            BigInteger unit = BigInteger.valueOf(
                    Objects.requireNonNull(UNITS.get(part.group(2))).toNanos());
            nanos = nanos.add(new BigInteger(part.group(1)).multiply(unit));
            end = part.end();
        }
        if (nanos.signum() == 0
                || nanos.compareTo(BigInteger.valueOf(MAX.toSeconds()).multiply(BigInteger.TEN.pow(9))) > 0) {
            throw new IllegalArgumentException("Invalid expiration format");
        }
        BigInteger[] parts = nanos.divideAndRemainder(BigInteger.TEN.pow(9));
        return Optional.of(Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact()));
    }
}
