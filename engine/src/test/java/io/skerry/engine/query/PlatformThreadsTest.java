package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.testing.Await;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PlatformThreadsTest {

    @Test
    void growsToItsLimitAndKeepsTheRestForLater() {
        var used = ConcurrentHashMap.<Thread>newKeySet();
        var bothRun = new CountDownLatch(2);
        var release = new CountDownLatch(1);
        var done = new CountDownLatch(10);
        var threads = new PlatformThreads("test-", 2);
        for (var i = 0; i < 10; i++) {
            threads.execute(() -> {
                used.add(Thread.currentThread());
                bothRun.countDown();
                Await.latch(release);
                done.countDown();
            });
        }
        Await.latch(bothRun);
        release.countDown();
        Await.latch(done);
        assertThat(used).hasSize(2).allMatch(thread -> !thread.isVirtual());
        threads.close();
        assertThatThrownBy(() -> threads.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
