package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final PeerAddress FRA = new PeerAddress(new NodeId("fra"), "127.0.0.1:1", "fra:0");

    @TempDir
    Path directory;

    /// Its directory may have been renamed by then: a mark there would be all that a start finds.
    @Test
    void oneThatEndsAfterItsGroupWasClosedLeavesNoMark() throws IOException {
        var checkpoints = new AtomicReference<Checkpoints>();
        RaftServer.Division division = division(() -> checkpoints.get().close());
        Path marks = directory.resolve("log/sm");
        var stores = new EntryStore.Stores(directory.resolve("stores"));
        try (Workers workers = new Workers(FRA.node())) {
            NodeContext node = node(stores, workers);
            checkpoints.set(new Checkpoints(GROUP, node, division, stores.open(GROUP), marks, Optional.empty()));
            stores.of(GROUP).claimed(new LogIndex(7), TestCluster.entry("one"));

            assertThatThrownBy(() -> checkpoints.get().await(Duration.ofSeconds(60)))
                    .hasStackTraceContaining("is closed");

            assertThatThrownBy(() -> checkpoints.get().installed(TermIndex.valueOf(1, 7)))
                    .hasMessageContaining("is closed");
            assertThat(marks).doesNotExist();
        }
    }

    /// Ratis applies the log before until it has seen the snapshot.
    @Test
    void theLogIsKeptUntilAnInstalledSnapshotIsPublished() throws IOException {
        var purged = new ConcurrentLinkedQueue<Long>();
        RaftServer.Division division = division(() -> {}, purged);
        var stores = new EntryStore.Stores(directory.resolve("stores"));
        try (Workers workers = new Workers(FRA.node())) {
            NodeContext node = node(stores, workers);
            var checkpoints = new Checkpoints(
                    GROUP, node, division, stores.open(GROUP), directory.resolve("log/sm"), Optional.empty());
            checkpoints.installed(TermIndex.valueOf(1, 7));
            checkpoints.await(Duration.ofSeconds(60));
            assertThat(purged).isEmpty();

            checkpoints.publish();
            stores.of(GROUP).claimed(new LogIndex(9), TestCluster.entry("one"));
            checkpoints.await(Duration.ofSeconds(60));

            assertThat(purged).containsExactly(9L);
        }
    }

    private NodeContext node(EntryStore.Stores stores, Workers workers) throws IOException {
        RaftSettings settings = RaftSettings.defaults();
        return new NodeContext(
                FRA,
                settings,
                stores,
                NOBODY,
                DiskSpace.of(directory, 0),
                AppendRoom.forTransactions(settings),
                workers,
                group -> {});
    }

    private static RaftServer.Division division(Runnable onRead) {
        return division(onRead, new ConcurrentLinkedQueue<>());
    }

    /// One whose log has every entry.
    private static RaftServer.Division division(Runnable onRead, Queue<Long> purged) {
        RaftLog log = stand(RaftLog.class, (name, first) -> {
            if (name.equals("purge")) {
                purged.add((Long) first);
                return CompletableFuture.completedFuture(first);
            }
            onRead.run();
            return TermIndex.valueOf(1, (Long) first);
        });
        return stand(RaftServer.Division.class, (name, first) -> name.equals("getRaftLog") ? log : null);
    }

    private interface Answer {
        @Nullable
        Object of(String method, Object argument);
    }

    private static <T> T stand(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.of(method.getName(), arguments == null ? "" : arguments[0])));
    }

    private static final PeerTransport NOBODY = new PeerTransport() {
        @Override
        public InputStream snapshot(PeerAddress source, GroupId group) throws IOException {
            throw new IOException("nobody is there");
        }

        @Override
        public void delete(PeerAddress peer, GroupId group, Duration limit) {}
    };
}
