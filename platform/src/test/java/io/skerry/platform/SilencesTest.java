package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class SilencesTest {

    private static final URI NODE = URI.create("http://localhost:1");
    private static final URI OTHER = URI.create("http://localhost:2");

    private final Silences silences = new Silences();

    @Test
    void eachIsToldOnceWhenItBeginsAndOnceWhenItIsOver() {
        assertThat(silences.answered(NODE)).isEmpty();
        assertThat(silences.silent(NODE, new IOException("planned")))
                .hasValueSatisfying(
                        line -> assertThat(line).contains(NODE.toString()).contains("planned"));
        assertThat(silences.silent(NODE, new IOException("planned"))).isEmpty();
        assertThat(silences.silent(OTHER, new IOException("planned"))).isPresent();
        assertThat(silences.answered(NODE))
                .hasValueSatisfying(line -> assertThat(line).contains("answers again"));
        assertThat(silences.answered(NODE)).isEmpty();
        assertThat(silences.silent(NODE, new IOException("planned"))).isPresent();
    }
}
