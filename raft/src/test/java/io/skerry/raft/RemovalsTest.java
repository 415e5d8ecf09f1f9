package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RemovalsTest {

    private static final GroupId GROUP = new GroupId(new UUID(1, 1));
    private static final GroupId OTHER = new GroupId(new UUID(2, 2));

    private final Removals removals = new Removals(new NodeId("fra"));
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void release() {
        release.countDown();
    }

    @Test
    void whileOneHangsNoOtherOfItsGroupBegins() {
        assertHangs(GROUP);

        assertRefused(GROUP, Code.UNAVAILABLE, "is being closed here");
        assertThatThrownBy(() -> removals.refuse(GROUP)).hasMessageContaining("is being closed here");
        assertThatCode(() -> removals.run(OTHER, () -> {}, Deadline.in(LIMIT))).doesNotThrowAnyException();
        removals.refuse(OTHER);
        release.countDown();
        await("it has ended", () -> !removals.has(GROUP));
        assertThatCode(() -> removals.run(GROUP, () -> {}, Deadline.in(LIMIT))).doesNotThrowAnyException();
    }

    @Test
    void soManyHangAndOneMoreIsRefusedUntilTheyEnd() {
        for (int i = 0; i < Removals.MAX; i++) {
            assertHangs(new GroupId(new UUID(3, i)));
        }

        assertRefused(GROUP, Code.OVERLOADED, "try again");
        assertThat(removals.has(GROUP)).isFalse();
        release.countDown();
        for (int i = 0; i < Removals.MAX; i++) {
            GroupId group = new GroupId(new UUID(3, i));
            await("it has ended", () -> !removals.has(group));
        }
        assertThatCode(() -> removals.run(GROUP, () -> {}, Deadline.in(LIMIT))).doesNotThrowAnyException();
    }

    @Test
    void whoWaitsIsToldOfAFailureWhenAnotherMayBegin() {
        assertThatThrownBy(() -> removals.run(
                        GROUP,
                        () -> {
                            throw new IOException("planned");
                        },
                        Deadline.in(LIMIT)))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("planned");
        assertThat(removals.has(GROUP)).isFalse();
    }

    @Test
    void whatIsSaidInWordsIsOneLineOfTheLog() {
        try (var log = new LogLines(Removals.class)) {
            assertThatThrownBy(() -> removals.run(
                            GROUP,
                            () -> {
                                throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping");
                            },
                            Deadline.in(LIMIT)))
                    .isInstanceOf(ExecutionException.class);
            assertThat(log.warnings()).singleElement().asString().contains("the node is stopping");
            assertThat(log.stacks()).isZero();
        }
    }

    @Test
    void whoIsInterruptedWhileHeWaitsIsToldThatTheNodeIsStopping() {
        var server = (RaftServer) Proxy.newProxyInstance(
                RaftServer.class.getClassLoader(), new Class<?>[] {RaftServer.class}, (_, _, _) -> {
                    throw new UnsupportedOperationException();
                });
        var hosted = new HostedGroups(new NodeId("fra"), server, removals, _ -> {}, _ -> {});
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> hosted.stop(GROUP, release::await, "close it", Deadline.in(LIMIT)))
                .hasMessage("node fra could not close it: the node is stopping");

        assertThat(Thread.interrupted()).isTrue();
    }

    private void assertHangs(GroupId group) {
        assertThatThrownBy(() -> removals.run(group, release::await, Deadline.in(Duration.ZERO)))
                .isInstanceOf(TimeoutException.class);
        assertThat(removals.has(group)).isTrue();
    }

    private void assertRefused(GroupId group, Code code, String text) {
        assertThatThrownBy(() -> removals.run(group, () -> {}, Deadline.in(LIMIT)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
