package io.skerry.raft;

import io.skerry.engine.CommitLog;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.LogIndex;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A store whose only database is the list of its entries. What was not checkpointed is lost when it is closed,
/// as the design has it.
final class EntryStore implements GroupStore {

    static final DatabaseId DATABASE = new DatabaseId(new UUID(0, 1));

    private final Path file;
    private final TreeMap<Long, String> entries = new TreeMap<>();
    private final TreeMap<Long, String> applied = new TreeMap<>();
    private final TreeMap<Long, String> claimed = new TreeMap<>();
    private int appliedTwice;
    private int started;
    private long last = -1;
    private volatile boolean closed;
    private volatile boolean leader;
    private volatile @Nullable LogIndex replayTarget;
    volatile @Nullable CommitLog log;

    /// Bytes that a copy carries beside the entries.
    volatile long ballast;

    /// The most entries that one call brought.
    volatile int largestBatch;

    volatile boolean failNextApply;
    volatile List<String> troubles = List.of();
    volatile @Nullable Runnable onApply;
    volatile @Nullable IOException failCopies;
    volatile @Nullable Runnable onClose;

    /// Run before it takes a word on whether this node leads.
    volatile Runnable onLeadership = () -> {};

    /// Run when a database of a snapshot has come.
    volatile @Nullable Runnable onReceived;

    volatile boolean installed;

    EntryStore(GroupId id, Path directory) {
        this.file = directory.resolve(id + ".entries");
        if (Files.exists(file)) {
            try (var in = new DataInputStream(Files.newInputStream(file))) {
                read(in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private synchronized void read(DataInputStream in) throws IOException {
        last = in.readLong();
        entries.clear();
        for (int n = in.readInt(); n > 0; n--) {
            entries.put(in.readLong(), in.readUTF());
        }
    }

    private synchronized byte[] bytes() throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeLong(last);
        out.writeInt(entries.size());
        for (var entry : entries.entrySet()) {
            out.writeLong(entry.getKey());
            out.writeUTF(entry.getValue());
        }
        return bytes.toByteArray();
    }

    synchronized List<String> entries() {
        return List.copyOf(entries.values());
    }

    synchronized List<String> applied() {
        return List.copyOf(applied.values());
    }

    synchronized List<String> claimed() {
        return List.copyOf(claimed.values());
    }

    synchronized int appliedTwice() {
        return appliedTwice;
    }

    boolean leader() {
        return leader;
    }

    boolean closed() {
        return closed;
    }

    @Nullable
    LogIndex replayTarget() {
        return replayTarget;
    }

    private static String text(byte[] entry) {
        return new String(entry, 0, Math.min(entry.length, 64), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void start(CommitLog log, LogIndex replayTarget) {
        this.log = log;
        this.replayTarget = replayTarget;
        if (++started > 1) {
            throw new IllegalStateException("started twice");
        }
    }

    @Override
    public void apply(List<Entry> entries) {
        largestBatch = Math.max(largestBatch, entries.size());
        entries.forEach(entry -> apply(entry.index(), entry.bytes()));
    }

    private void apply(LogIndex index, byte[] entry) {
        Runnable hook = onApply;
        if (hook != null) {
            hook.run();
        }
        if (failNextApply) {
            failNextApply = false;
            throw new IllegalStateException("told to fail");
        }
        put(index, entry, applied);
    }

    @Override
    public void claimed(LogIndex index, byte[] entry) {
        put(index, entry, claimed);
    }

    private synchronized void put(LogIndex index, byte[] entry, TreeMap<Long, String> way) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (way.put(index.value(), text(entry)) != null) {
            appliedTwice++;
        }
        entries.put(index.value(), text(entry));
        last = Math.max(last, index.value());
    }

    @Override
    public void leadership(boolean leader) {
        onLeadership.run();
        this.leader = leader;
    }

    @Override
    public LogIndex checkpoint() {
        try {
            LogIndex at;
            byte[] bytes;
            synchronized (this) {
                at = new LogIndex(last);
                bytes = bytes();
            }
            Path fresh = Files.createTempFile(file.getParent(), "entries", ".new");
            Files.write(fresh, bytes);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            return at;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<DatabaseCopy> copies() {
        return List.of(new DatabaseCopy() {
            @Override
            public DatabaseId database() {
                return DATABASE;
            }

            @Override
            public long bytes() {
                return ballast;
            }

            @Override
            public LogIndex writeTo(WritableByteChannel out, LongConsumer progress) throws IOException {
                IOException failure = failCopies;
                if (failure != null) {
                    throw failure;
                }
                LogIndex at;
                byte[] bytes;
                synchronized (EntryStore.this) {
                    at = new LogIndex(last);
                    bytes = EntryStore.this.bytes();
                }
                var stream = new DataOutputStream(Channels.newOutputStream(out));
                stream.writeInt(bytes.length);
                stream.write(bytes);
                stream.writeLong(ballast);
                stream.flush();
                var block = ByteBuffer.allocate(256 << 10);
                for (long left = ballast; left > 0; ) {
                    block.clear().limit((int) Math.min(left, block.capacity()));
                    left -= block.limit();
                    progress.accept(block.limit());
                    while (block.hasRemaining()) {
                        out.write(block);
                    }
                }
                return at;
            }
        });
    }

    @Override
    public SnapshotReceiver receive() {
        return new SnapshotReceiver() {
            private byte @Nullable [] received;

            @Override
            public void database(DatabaseId database, ReadableByteChannel in, LongConsumer progress)
                    throws IOException {
                var stream = new DataInputStream(Channels.newInputStream(in));
                received = stream.readNBytes(stream.readInt());
                var block = new byte[256 << 10];
                for (long left = stream.readLong(); left > 0; ) {
                    int length = (int) Math.min(left, block.length);
                    stream.readFully(block, 0, length);
                    progress.accept(length);
                    left -= length;
                }
                Runnable hook = onReceived;
                if (hook != null) {
                    hook.run();
                }
            }

            @Override
            public void install(LogIndex snapshot, LogIndex consistentAt) throws IOException {
                byte[] bytes = java.util.Objects.requireNonNull(received);
                installed = true;
                Files.write(file, bytes);
                synchronized (EntryStore.this) {
                    applied.clear();
                    claimed.clear();
                }
                read(new DataInputStream(new java.io.ByteArrayInputStream(bytes)));
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Optional<Database> database(DatabaseId id) {
        return Optional.empty();
    }

    @Override
    public Collection<DatabaseId> databases() {
        return List.of(DATABASE);
    }

    @Override
    public List<String> troubles() {
        return troubles;
    }

    @Override
    public Database create(DatabaseId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drop(DatabaseId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        Runnable hook = onClose;
        if (hook != null) {
            hook.run();
        }
        closed = true;
    }

    /// Stores of one node, in one directory.
    static final class Stores implements GroupStores {
        private final Path directory;
        private final java.util.Map<GroupId, EntryStore> open = new java.util.concurrent.ConcurrentHashMap<>();
        /// Run by the next start of a group, once its store is open.
        final java.util.concurrent.atomic.AtomicReference<@Nullable Runnable> onOpen =
                new java.util.concurrent.atomic.AtomicReference<>();

        /// Run before a group is deleted.
        volatile Runnable onDelete = () -> {};

        Stores(Path directory) throws IOException {
            this.directory = Files.createDirectories(directory);
        }

        @Override
        public GroupStore open(GroupId group) {
            var store = new EntryStore(group, directory);
            EntryStore before = open.put(group, store);
            if (before != null && !before.closed()) {
                throw new IllegalStateException("opened twice");
            }
            Runnable hook = onOpen.getAndSet(null);
            if (hook != null) {
                hook.run();
            }
            return store;
        }

        EntryStore of(GroupId group) {
            return java.util.Objects.requireNonNull(open.get(group));
        }

        boolean opened(GroupId group) {
            return open.containsKey(group);
        }

        boolean has(GroupId group) {
            return Files.exists(directory.resolve(group + ".entries"));
        }

        @Override
        public OptionalLong bytes(GroupId group, DatabaseId database) {
            return OptionalLong.empty();
        }

        @Override
        public void delete(GroupId group) {
            onDelete.run();
            try {
                Files.deleteIfExists(directory.resolve(group + ".entries"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open.remove(group);
        }

        @Override
        public void setAside(GroupId group, Path log) {
            try {
                Files.move(directory.resolve(group + ".entries"), directory.resolve(group + ".aside"));
                Files.move(log, directory.resolve(group + ".log"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            open.remove(group);
        }
    }
}
