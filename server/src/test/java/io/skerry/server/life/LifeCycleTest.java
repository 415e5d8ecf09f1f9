package io.skerry.server.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifeCycleTest {

    private final List<String> closed = new ArrayList<>();
    private final LifeCycle life = new LifeCycle("thing");

    @Test
    void partsAreClosedInReverse() throws Exception {
        life.start(parts -> {
            parts.add("a", () -> closed.add("a"));
            parts.add("b", () -> closed.add("b"));
        });
        life.adopt("c", () -> closed.add("c"));
        assertThat(life.state()).isEqualTo(LifeCycle.State.RUNNING);

        life.close();

        assertThat(closed).containsExactly("c", "b", "a");
        assertThat(life.state()).isEqualTo(LifeCycle.State.STOPPED);
    }

    @Test
    void aFailedStartClosesWhatHadStartedAndThrowsTheFailure() {
        assertThatThrownBy(() -> life.start(parts -> {
                    parts.add("a", () -> closed.add("a"));
                    parts.add("b", () -> {
                        throw new IOException("b is stuck");
                    });
                    throw new IOException("no c");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no c")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        assertThat(closed).containsExactly("a");
        assertThat(life.state()).isEqualTo(LifeCycle.State.STOPPED);
    }

    @Test
    void everyPartIsClosedAndTheFirstFailureIsThrown() throws Exception {
        life.start(parts -> {
            parts.add("a", () -> closed.add("a"));
            parts.add("b", () -> {
                throw new IOException("b");
            });
            parts.add("c", () -> {
                throw new IOException("c");
            });
        });

        assertThatThrownBy(life::close)
                .hasMessageContaining("c did not stop")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(closed).containsExactly("a");
    }

    @Test
    void aSecondCloseDoesNothing() throws Exception {
        life.start(parts -> parts.add("a", () -> closed.add("a")));
        life.close();
        life.close();
        assertThat(closed).containsExactly("a");
    }

    @Test
    void whatIsStoppedWhileItStartsIsClosedAllTheSame() {
        assertThatThrownBy(() -> life.start(parts -> {
                    parts.add("a", () -> closed.add("a"));
                    life.close();
                    parts.add("b", () -> closed.add("b"));
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stopped while it started");
        assertThat(closed).containsExactly("a", "b");
    }

    @Test
    void nothingStartsTwice() throws Exception {
        life.start(parts -> {});
        assertThatThrownBy(() -> life.start(parts -> {})).isInstanceOf(IllegalStateException.class);
    }
}
