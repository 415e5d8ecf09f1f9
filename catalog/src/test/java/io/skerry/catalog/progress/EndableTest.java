package io.skerry.catalog.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndableTest {

    private final Endable work = new Endable();
    private final AtomicBoolean done = new AtomicBoolean();

    @AfterEach
    void clear() {
        Thread.interrupted();
    }

    @Test
    void whatRunsIsInterruptedAndItsThreadIsFreeOfThatAfterwards() {
        Supplier<Boolean> piece = () -> {
            work.end("enough");
            done.set(Thread.currentThread().isInterrupted());
            return true;
        };
        assertEnded(piece, "enough");
        assertThat(done).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void whatFollowsDoesNotBegin() {
        work.end("enough");
        work.end("something else");
        assertThat(work.isEnded()).isTrue();
        assertEnded(
                () -> {
                    done.set(true);
                    return true;
                },
                "enough");
        assertThat(done).isFalse();
    }

    @Test
    void anEndBetweenTwoPiecesMeetsNoThread() {
        Supplier<Boolean> piece = () -> true;
        assertThat(work.run(piece)).isTrue();
        assertThat(work.isEnded()).isFalse();
        work.end("enough");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private void assertEnded(Supplier<Boolean> piece, String because) {
        assertThatThrownBy(() -> work.run(piece))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessage(because);
    }
}
