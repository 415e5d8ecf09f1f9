package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpellTest {

    private final LogLines log = new LogLines(Spell.class);
    private final Spell spell = new Spell(2, 3);

    @AfterEach
    void close() {
        log.close();
    }

    private void look(@Nullable String... found) {
        for (String line : found) {
            spell.look(line, "over");
        }
    }

    @Test
    void isToldOnceWhenItBeginsAndOnceWhenItIsOver() {
        look("wrong", "wrong", "wrong", "wrong", null, null, null, null, null);

        assertThat(log.all()).containsExactly("WARN wrong", "INFO over");
        assertThat(spell.line()).isEmpty();
        look("again", "again");
        assertThat(log.all()).containsExactly("WARN wrong", "INFO over", "WARN again");
    }

    @Test
    void whatComesAndGoesIsNoFlood() {
        for (int i = 0; i < 100; i++) {
            look("wrong", null);
        }
        assertThat(log.all()).isEmpty();

        look("wrong", "wrong");
        for (int i = 0; i < 100; i++) {
            look(null, null, "wrong");
        }
        assertThat(log.all()).containsExactly("WARN wrong");
    }

    @Test
    void whoAsksIsToldTheNewestUntilItIsOver() {
        look("12 KB are free");
        assertThat(spell.line()).isEmpty();
        look("12 KB are free");
        assertThat(spell.line()).hasValue("12 KB are free");
        look("8 KB are free");
        assertThat(spell.line()).hasValue("8 KB are free");
        look(null, null);
        assertThat(spell.line()).hasValue("8 KB are free");
        look((String) null);
        assertThat(spell.line()).isEmpty();
    }
}
