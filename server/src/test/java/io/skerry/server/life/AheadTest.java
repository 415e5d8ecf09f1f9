package io.skerry.server.life;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AheadTest {

    @Test
    void isDoneOnAThreadOfItsOwnWhileTheOtherGoesOn() throws Exception {
        CountDownLatch wentOn = new CountDownLatch(1);
        Ahead<String> ahead = Ahead.begin("ahead", () -> {
            wentOn.await();
            return Thread.currentThread().getName();
        });
        wentOn.countDown();
        assertThat(ahead.await()).isEqualTo("ahead");
        assertThat(ahead.await()).isEqualTo("ahead");
    }

    @Test
    void isClosedWhenItHasEnded() throws Exception {
        Thread closing = Thread.currentThread();
        AtomicBoolean ended = new AtomicBoolean();
        Ahead<String> ahead = Ahead.begin("ahead", () -> {
            Await.until("the one who closes waits", () -> closing.getState() == Thread.State.WAITING);
            ended.set(true);
            throw new IOException("nobody asked");
        });

        ahead.close();

        assertThat(ended).isTrue();
    }

    @Test
    void whoWaitsGetsWhatItFailedWith() {
        IOException failure = new IOException("the disk");
        assertThatThrownBy(() -> Ahead.begin("ahead", () -> {
                            throw failure;
                        })
                        .await())
                .isSameAs(failure);
        Error error = new UnsatisfiedLinkError("the library");
        assertThatThrownBy(() -> Ahead.begin("ahead", () -> {
                            throw error;
                        })
                        .await())
                .isSameAs(error);
    }
}
