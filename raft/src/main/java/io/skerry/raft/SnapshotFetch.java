package io.skerry.raft;

import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState;
import io.skerry.engine.GroupState.SnapshotReceiver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches a group's databases from the group's leader. Ratis asks for it again when it fails; the answer to a
/// failure is held back, so that it does not ask at once.
final class SnapshotFetch {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFetch.class);
    private static final long FAILURE_PAUSE_MS = 1_000;
    private static final int BUFFER_BYTES = 256 << 10;

    @FunctionalInterface
    interface Installer {
        void install(SnapshotReceiver received, SnapshotStream.Position position) throws IOException;
    }

    private final GroupId group;
    private final NodeContext node;
    private final PeerAddress source;
    private final Transfer progress = new Transfer();

    SnapshotFetch(GroupId group, NodeContext node, RaftPeerProto leader) {
        this.group = group;
        this.node = node;
        this.source = new PeerAddress(
                new NodeId(leader.getId().toStringUtf8()), leader.getAddress(), leader.getDataStreamAddress());
    }

    Transfer progress() {
        return progress;
    }

    /// Runs on a thread of the node's transfers.
    CompletableFuture<TermIndex> run(GroupState state, Installer installer) {
        var done = new CompletableFuture<TermIndex>();
        try {
            node.workers().transfers.execute(() -> {
                try {
                    done.complete(fetch(state, installer));
                } catch (IOException | RuntimeException e) {
                    LOG.warn("group {}: the snapshot from {} was not fetched; trying again", group, source, e);
                    pause();
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    private TermIndex fetch(GroupState state, Installer installer) throws IOException {
        long began = System.nanoTime();
        LOG.info("group {}: fetching a snapshot from {}", group, source);
        try (InputStream in = new BufferedInputStream(node.transport().snapshot(source, group), BUFFER_BYTES);
                SnapshotReceiver receiver = state.receive()) {
            SnapshotStream.Position position = SnapshotStream.read(group, in, receiver, progress);
            installer.install(receiver, position);
            LOG.info(
                    "group {}: installed a snapshot at {} ({} bytes in {} ms)",
                    group,
                    position.at(),
                    progress.copied(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            return position.at();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(FAILURE_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
