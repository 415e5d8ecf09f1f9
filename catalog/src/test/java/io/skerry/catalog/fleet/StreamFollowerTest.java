package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.FrameNo;
import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StreamFollowerTest {

    private final TestCluster cluster = new TestCluster();
    private final AtomicReference<FrameNo> checked = new AtomicReference<>(FrameNo.ZERO);
    private final AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    private volatile Thread asking = Thread.currentThread();
    private volatile boolean over = true;
    private volatile boolean broken;

    private final StreamFollower.Streams streams = new StreamFollower.Streams() {
        @Override
        public void check() {
            if (broken) {
                broken = false;
                throw new IllegalStateException("the catalog cannot be read");
            }
            asking = Thread.currentThread();
            FrameNo asked = cluster.catalog().frame();
            meanwhile.getAndSet(() -> {}).run();
            checked.set(asked);
        }

        @Override
        public boolean awaitEndings(Duration limit) {
            return over;
        }
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void streamsAreAskedAfterAChangeThatNobodyWaitsForAndAgainWhenThatFailed() throws InterruptedException {
        try (StreamFollower follower = StreamFollower.start(cluster.catalog(), streams)) {
            awaitChecked(follower);
            broken = true;
            cluster.catalog().confirm();
            awaitChecked(follower);
            assertThat(broken).isFalse();
        }
    }

    @Test
    void whoeverWaitsForAChangeFindsTheStreamsAskedAndEnded() {
        StreamFollower follower = StreamFollower.start(cluster.catalog(), streams);
        follower.close();
        cluster.catalog().confirm();
        FrameNo frame = cluster.catalog().frame();
        assertThat(follower.follow(frame, Duration.ofSeconds(1))).isTrue();
        assertThat(checked).hasValue(frame);
        over = false;
        assertThat(follower.follow(frame, Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void aChangeThatComesWhileTheyAreAskedHasThemAskedAgain() {
        StreamFollower follower = StreamFollower.start(cluster.catalog(), streams);
        follower.close();
        meanwhile.set(cluster.catalog()::confirm);
        cluster.catalog().confirm();
        follower.follow(cluster.catalog().frame(), Duration.ofSeconds(1));
        FrameNo changed = cluster.catalog().frame();

        follower.follow(changed, Duration.ofSeconds(1));

        assertThat(checked).hasValue(changed);
    }

    @Test
    void whoIsClosedAsksNoMore() throws InterruptedException {
        StreamFollower follower = StreamFollower.start(cluster.catalog(), streams);
        awaitChecked(follower);

        follower.close();

        assertThat(asking.join(Duration.ofSeconds(60))).isTrue();
    }

    private void awaitChecked(StreamFollower open) {
        assertThat(open).isNotNull();
        Await.until(
                "the streams are asked about this frame",
                () -> checked.get().value() >= cluster.catalog().frame().value());
    }
}
