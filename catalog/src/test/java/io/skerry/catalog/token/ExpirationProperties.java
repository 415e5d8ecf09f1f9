package io.skerry.catalog.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;

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

    @Property
    void anythingElseIsRefusedAndNeverCrashes(@ForAll @NotEmpty String text) {
        if (!text.matches("(\\d{1,18}(ns|us|µs|μs|ms|w|d|h|m|s))+|never|none|default")) {
            assertThatThrownBy(() -> Expiration.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Invalid expiration format");
        }
    }
}
