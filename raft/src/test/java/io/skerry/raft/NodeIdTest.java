package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeIdTest {

    private static final String LONGEST = "n23456789012345678901234567890123456789012345678901234567890123";

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "fra-2", "a-", LONGEST})
    void acceptsWhatALabelOfAHostNameMayBe(String value) {
        assertThat(new NodeId(value).value()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "A", "a_b", "a.b", "a/b", "ä", "a b", "a\n", "`", "{", LONGEST + "4"})
    void refusesEverythingElse(String value) {
        assertThatThrownBy(() -> new NodeId(value)).isInstanceOf(IllegalArgumentException.class);
    }
}
