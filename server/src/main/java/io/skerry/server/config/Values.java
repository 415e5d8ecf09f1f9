package io.skerry.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the texts of settings are read: counts, sizes (`64KiB`, `10MiB`), durations (`250ms`, `5s`, `2m`),
/// words. Each answer is a function that throws IllegalArgumentException with what the value must be.
final class Values {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB)?");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");

    private Values() {}

    static Function<String, Integer> count(int min, int max) {
        return text -> {
            try {
                int value = Integer.parseInt(text.strip());
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException notANumber) {
                // answered below, like a number outside the bounds
            }
            throw new IllegalArgumentException("a whole number from " + min + " to " + max);
        };
    }

    static Function<String, Long> bytes(long min, long max) {
        return text -> {
            Matcher m = SIZE.matcher(text.strip());
            if (m.matches()) {
                String unit = m.group(2) == null ? "B" : m.group(2);
                int shift = List.of("B", "KiB", "MiB", "GiB").indexOf(unit) * 10;
                long value = Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift);
                if (value >= min && value <= max) {
                    return value;
                }
            }
            throw new IllegalArgumentException("a size such as 64KiB or 10MiB, from " + size(min) + " to " + size(max));
        };
    }

    static Function<String, Duration> duration(Duration min, Duration max) {
        return text -> {
            Matcher m = DURATION.matcher(text.strip());
            if (m.matches()) {
                long n = Long.parseLong(m.group(1));
                Duration value = switch (m.group(2)) {
                    case "ms" -> Duration.ofMillis(n);
                    case "s" -> Duration.ofSeconds(n);
                    case "m" -> Duration.ofMinutes(n);
                    default -> Duration.ofHours(n);
                };
                if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException(
                    "a duration such as 250ms, 5s or 2m, from " + text(min) + " to " + text(max));
        };
    }

    static <E extends Enum<E>> Function<String, E> word(Class<E> words) {
        return text -> {
            for (E word : words.getEnumConstants()) {
                if (word.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
                    return word;
                }
            }
            throw new IllegalArgumentException("one of "
                    + String.join(
                            ", ",
                            java.util.Arrays.stream(words.getEnumConstants())
                                    .map(w -> w.name().toLowerCase(Locale.ROOT))
                                    .toList()));
        };
    }

    /// The path of a file; empty for the word.
    static Function<String, Optional<Path>> fileOr(String word) {
        return text -> {
            try {
                if (!text.isBlank()) {
                    return text.strip().equals(word) ? Optional.empty() : Optional.of(Path.of(text.strip()));
                }
            } catch (InvalidPathException notAPath) {
                // answered below, like no path at all
            }
            throw new IllegalArgumentException("the path of a file, or " + word);
        };
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 30 && bytes % (1 << 30) == 0) {
            return (bytes >> 30) + "GiB";
        }
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : bytes + "B";
    }

    private static String text(Duration d) {
        if (d.toMillis() % 1000 != 0) {
            return d.toMillis() + "ms";
        }
        return d.toSeconds() % 60 != 0 || d.isZero() ? d.toSeconds() + "s" : d.toMinutes() + "m";
    }
}
