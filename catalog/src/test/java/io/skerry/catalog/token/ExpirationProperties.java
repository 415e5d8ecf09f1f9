package io.skerry.catalog.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;

class ExpirationProperties {

    @Property
    void partsAddUp(
            @ForAll @IntRange(min = 0, max = 500) int weeks,
            @ForAll @IntRange(min = 0, max = 500) int days,
            @ForAll @IntRange(min = 1, max = 500) int minutes,
            @ForAll @IntRange(min = 0, max = 500) int nanos) {
        assertThat(Expiration.parse(weeks + "w" + days + "d" + minutes + "m" + nanos + "ns"))
                .contains(
                        Duration.ofDays(weeks * 7L + days).plusMinutes(minutes).plusNanos(nanos));
    }

    /// Any units, in any order, also the same one twice.
    @Property
    void theOrderOfThePartsDoesNotMatter(@ForAll @Size(min = 1, max = 8) List<@From("parts") Part> parts) {
        Duration sum = parts.stream()
                .map(part -> part.unit().multipliedBy(part.count()))
                .reduce(Duration.ZERO, Duration::plus);
        String text = parts.stream().map(part -> part.count() + part.name()).collect(Collectors.joining());
        assertThat(Expiration.parse(text)).contains(sum);
    }

    record Part(int count, String name, Duration unit) {}

    @Provide
    Arbitrary<Part> parts() {
        Map<String, Duration> units = Map.of(
                "w", Duration.ofDays(7),
                "d", Duration.ofDays(1),
                "h", Duration.ofHours(1),
                "m", Duration.ofMinutes(1),
                "s", Duration.ofSeconds(1),
                "ms", Duration.ofMillis(1),
                "us", Duration.ofNanos(1_000),
                "\u00b5s", Duration.ofNanos(1_000), // the micro sign
                "\u03bcs", Duration.ofNanos(1_000), // and the Greek letter
                "ns", Duration.ofNanos(1));
        return Combinators.combine(Arbitraries.integers().between(1, 1_000), Arbitraries.of(units.keySet()))
                .as((count, name) -> new Part(count, name, Objects.requireNonNull(units.get(name))));
    }

    @Example
    void theSpellingsOfNeverAreNoDuration() {
        for (String never : new String[] {"", "never", "none", "default"}) {
            assertThat(Expiration.parse(never)).isEmpty();
        }
    }

    @Property
    void anythingElseIsRefusedAndNeverCrashes(@ForAll @NotEmpty String text) {
        if (!text.matches("(\\d{1,18}(ns|us|µs|μs|ms|w|d|h|m|s))+|never|none|default")) {
            assertThatThrownBy(() -> Expiration.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Invalid expiration format");
        }
    }
}
