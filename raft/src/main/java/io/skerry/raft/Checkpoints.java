package io.skerry.raft;

import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checkpoints of one group's databases, and what they let go of the log. A checkpoint runs on a thread of its
/// own; what it answers is written to the [SnapshotMark], and then the log before it is deleted.
///
/// While a member fetches a snapshot from this node the log is kept, up to a limit, so that the member finds the
/// entries after its snapshot here.
final class Checkpoints implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final Duration HOLD_AFTER_TRANSFER = Duration.ofSeconds(30);

    private final GroupId group;
    private final NodeContext node;
    private final RaftServer.Division division;
    private final GroupState state;
    private final Path directory;
    private final ReentrantLock running = new ReentrantLock();

    /// Held while the mark is written.
    private final ReentrantLock marking = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<TermIndex>> scheduled = new AtomicReference<>();

    private volatile @Nullable SnapshotMark written;
    private volatile @Nullable SnapshotMark published;

    // Bytes of entries since the start, and where the next checkpoint is due; the applying thread counts.
    private volatile long bytes;
    private volatile long due;
    private volatile long purgedAt;

    /// A snapshot was installed that Ratis has not seen. It still applies the log before; where that is gone
    /// it would try to for ever, and the group could not be closed.
    private volatile boolean unseen;

    private int transfers;
    private long holdUntil = System.nanoTime();
    private volatile boolean closed;

    Checkpoints(
            GroupId group,
            NodeContext node,
            RaftServer.Division division,
            GroupState state,
            Path directory,
            Optional<SnapshotMark> mark) {
        this.group = group;
        this.node = node;
        this.division = division;
        this.state = state;
        this.directory = directory;
        this.written = mark.orElse(null);
        this.published = mark.orElse(null);
        this.due = node.settings().checkpointLogBytes();
    }

    @Nullable
    SnapshotMark published() {
        return published;
    }

    /// From now on Ratis sees the newest mark.
    void publish() {
        published = written;
        unseen = false;
    }

    /// Counts an applied entry; the applying thread.
    void applied(int entryBytes) {
        long now = bytes + entryBytes;
        bytes = now;
        if (now >= due) {
            due = now + node.settings().checkpointLogBytes();
            request();
        }
    }

    /// A checkpoint that begins after this call, or one that somebody else asked for and that has not begun.
    CompletableFuture<TermIndex> request() {
        var mine = new CompletableFuture<TermIndex>();
        CompletableFuture<TermIndex> before = scheduled.compareAndExchange(null, mine);
        if (before != null) {
            return before;
        }
        try {
            node.workers().checkpoints.execute(() -> run(mine));
        } catch (RejectedExecutionException e) {
            scheduled.set(null);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    /// Waits for a checkpoint that covers everything applied before this call.
    TermIndex await(Duration limit) throws IOException {
        try {
            return request().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("group " + group + ": interrupted while it was checkpointed", e);
        } catch (ExecutionException e) {
            throw new IOException("group " + group + ": its checkpoint failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("group " + group + ": its checkpoint took longer than " + limit, e);
        }
    }

    private void run(CompletableFuture<TermIndex> asked) {
        running.lock();
        try {
            scheduled.set(null);
            requireOpen();
            long began = bytes;
            TermIndex at = checkpoint();
            due = began + node.settings().checkpointLogBytes();
            purge();
            asked.complete(at);
        } catch (IOException | RuntimeException e) {
            if (!closed) {
                LOG.warn("group {}: a checkpoint failed; the log is kept, the next try follows", group, e);
            }
            asked.completeExceptionally(e);
        } finally {
            running.unlock();
        }
    }

    private TermIndex checkpoint() throws IOException {
        LogIndex index = state.checkpoint();
        SnapshotMark before = written;
        if (before != null && index.value() <= before.getIndex()) {
            return before.at();
        }
        if (index.value() < 0) {
            return TermIndex.valueOf(0, -1);
        }
        TermIndex at = division.getRaftLog().getTermIndex(index.value());
        if (at == null) {
            throw new IOException("group " + group + ": the log has no entry " + index + " to checkpoint at");
        }
        write(new SnapshotMark(at));
        return at;
    }

    /// Not once the group is closed: its directory may be another's then, or in another place, where a late mark
    /// would stand in for the whole log.
    private void write(SnapshotMark mark) throws IOException {
        marking.lock();
        try {
            requireOpen();
            mark.write(directory);
            written = mark;
        } finally {
            marking.unlock();
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("group " + group + " is closed");
        }
    }

    /// Lets Ratis delete the log up to the mark, unless it is held.
    private void purge() {
        SnapshotMark mark = written;
        SnapshotMark before = published;
        if (mark == null || (before != null && before.getIndex() >= mark.getIndex()) || unseen || held()) {
            return;
        }
        try {
            MembersFile.mend(directory.resolveSibling("."), division.getRaftConf());
        } catch (IOException e) {
            LOG.warn("group {}: the log is kept, it may be all that names the members", group, e);
            return;
        }
        purgedAt = bytes;
        published = mark;
        // Not through Ratis' own request for a snapshot: a listener is "starting" to Ratis until its leader changes,
        // and would refuse it.
        division.getRaftLog().purge(mark.getIndex()).whenComplete((purged, failure) -> {
            if (failure != null && !closed) {
                LOG.warn("group {}: the log was not purged up to {}", group, mark.at(), failure);
            }
        });
    }

    private synchronized boolean held() {
        boolean wanted = transfers > 0 || holdUntil - System.nanoTime() > 0;
        return wanted && bytes - purgedAt < node.settings().purgeHoldLogBytes();
    }

    synchronized void transferBegins() {
        transfers++;
    }

    void transferEnds() {
        synchronized (this) {
            transfers--;
            holdUntil = System.nanoTime() + HOLD_AFTER_TRANSFER.toNanos();
        }
        try {
            node.workers().clock.schedule(this::release, HOLD_AFTER_TRANSFER.toMillis() + 1, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is closing; the next start holds nothing.
            closed = true;
        }
    }

    private void release() {
        running.lock();
        try {
            if (!closed) {
                purge();
            }
        } finally {
            running.unlock();
        }
    }

    /// A snapshot from another member took the place of the databases: durable now, published
    /// when Ratis asks for it.
    void installed(TermIndex at) throws IOException {
        unseen = true;
        write(new SnapshotMark(at));
    }

    /// No mark is written after this.
    @Override
    public void close() {
        marking.lock();
        try {
            closed = true;
        } finally {
            marking.unlock();
        }
    }
}
