package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaidOnceTest {

    private final List<String> log = new ArrayList<>();
    private final SaidOnce said = new SaidOnce(log::add);

    @Test
    void aLineIsSaidAgainOnlyAfterATryWithoutIt() {
        said.say("a");
        said.say("a");
        said.next();
        said.say("a");
        said.say("b");
        said.next();
        said.say("b");
        said.next();
        assertThat(log).containsExactly("a", "b");
        said.say("a");
        assertThat(log).containsExactly("a", "b", "a");
    }

    @Test
    void isOverWithTheFirstTryThatMeetsNothing() {
        assertThat(said.next()).isFalse();
        said.say("a");
        assertThat(said.next()).isFalse();
        said.say("b");
        assertThat(said.next()).isFalse();
        assertThat(said.next()).isTrue();
        assertThat(said.next()).isFalse();
    }
}
