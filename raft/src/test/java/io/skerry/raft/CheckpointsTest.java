package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final TermIndex AT = TermIndex.valueOf(1, 7);

    @TempDir
    Path files;

    private Runnable closing = () -> {};

    /// One that answers these methods and no others.
    private static <T> T answering(Class<T> type, Map<String, Supplier<?>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) ->
                        Objects.requireNonNull(answers.get(method.getName())).get()));
    }

    /// Half a log, made anew where it was deleted or archived, would be damage to the next start.
    @Test
    void aGroupThatIsClosedWhileItIsCheckpointedGetsNoMarkAnyMore() throws IOException {
        Path directory = Files.createDirectories(files.resolve("log").resolve("sm"));
        Supplier<TermIndex> term = () -> {
            closing.run();
            return AT;
        };
        RaftLog log = answering(RaftLog.class, Map.of("getTermIndex", term));
        try (var workers = new Workers(new NodeId("fra"))) {
            var node = new NodeContext(
                    new PeerAddress(new NodeId("fra"), "127.0.0.1:1", ""),
                    RaftSettings.defaults(),
                    answering(GroupStores.class, Map.of()),
                    answering(PeerTransport.class, Map.of()),
                    DiskSpace.of(files),
                    workers,
                    group -> {});
            var checkpoints = new Checkpoints(
                    new GroupId(new UUID(1, 1)),
                    node,
                    answering(RaftServer.Division.class, Map.of("getRaftLog", () -> log)),
                    answering(GroupState.class, Map.of("checkpoint", () -> new LogIndex(AT.getIndex()))),
                    directory,
                    Optional.empty());
            closing = () -> {
                checkpoints.close();
                delete(directory);
            };

            assertThatThrownBy(() -> checkpoints.await(LIMIT)).hasStackTraceContaining("is closed");
            assertThatThrownBy(() -> checkpoints.installed(AT)).hasMessageContaining("is closed");
        }
        assertThat(directory).doesNotExist();
    }

    private static void delete(Path directory) {
        try {
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
