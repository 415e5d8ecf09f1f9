package io.skerry.raft;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Real nodes in this process, each with its own directory and port; snapshots go through a pipe.
final class TestCluster implements AutoCloseable {

    /// For what has to happen at all: a slow machine is not a failure.
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

    /// Below those that the kernel gives to connections as their own ends; each JVM that runs tests has
    /// some for itself.
    private static final int PORTS = 4_000;
    private static final int PORTS_FROM = 20_000 + PORTS * (Integer.getInteger("skerry.test.fork", 1) - 1);
    private static final int PORTS_TO = PORTS_FROM + PORTS;

    private final Path directory;
    private final RaftSettings settings;
    private final Map<NodeId, RaftNode> nodes = new ConcurrentHashMap<>();
    private final Map<NodeId, EntryStore.Stores> stores = new ConcurrentHashMap<>();
    private final Map<NodeId, PeerAddress> addresses = new HashMap<>();

    /// Cuts every snapshot after so many bytes.
    volatile long cutSnapshotsAt = Long.MAX_VALUE;

    /// What happens before a snapshot is cut.
    volatile Runnable beforeCuts = () -> {};

    /// How many snapshots were cut.
    final AtomicInteger cuts = new AtomicInteger();

    TestCluster(Path directory, RaftSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    PeerAddress address(String name) {
        return addresses.computeIfAbsent(
                new NodeId(name), id -> new PeerAddress(id, "127.0.0.1:" + freePort(), id + ":0"));
    }

    /// One that no connection gets before a node listens there, or while it is down.
    static int freePort() {
        for (int tries = 0; tries < PORTS_TO - PORTS_FROM; tries++) {
            int port = ThreadLocalRandom.current().nextInt(PORTS_FROM, PORTS_TO);
            try (var socket = new ServerSocket(port)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // It is taken: another one.
            }
        }
        throw new IllegalStateException("no port from " + PORTS_FROM + " to " + PORTS_TO + " is free");
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    RaftNode start(String name) throws IOException {
        return start(name, settings);
    }

    RaftNode start(String name, RaftSettings its) throws IOException {
        PeerAddress self = address(name);
        var store = new EntryStore.Stores(directory(name).resolve("stores"));
        stores.put(self.node(), store);
        RaftNode node = RaftNode.open(self, directory(name), its, store, transport(self));
        nodes.put(self.node(), node);
        return node;
    }

    /// How a node reaches those that run here.
    PeerTransport transport(PeerAddress self) {
        return new Calls(self.node());
    }

    /// Of one node to the others, without a network.
    private final class Calls implements PeerTransport {
        private final NodeId self;

        Calls(NodeId self) {
            this.self = self;
        }

        @Override
        public InputStream snapshot(PeerAddress source, GroupId group) throws IOException {
            return open(self, source, group);
        }

        @Override
        public void delete(PeerAddress peer, GroupId group, Duration limit) throws IOException {
            try {
                running(peer).delete(group, limit);
            } catch (DatabaseException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }

    private RaftNode running(PeerAddress peer) throws IOException {
        RaftNode node = nodes.get(peer.node());
        if (node == null) {
            throw new IOException(peer + " is down");
        }
        return node;
    }

    private InputStream open(NodeId receiver, PeerAddress source, GroupId group) throws IOException {
        RaftNode from = running(source);
        var in = new PipedInputStream(1 << 20);
        var out = new PipedOutputStream(in);
        long limit = cutSnapshotsAt;
        Thread.ofPlatform().daemon().start(() -> {
            try (out) {
                from.writeSnapshot(group, receiver, new Cut(out, limit));
            } catch (IOException | RuntimeException e) {
                // The reader sees the stream end early.
                Thread.currentThread().interrupt();
            }
        });
        return in;
    }

    private final class Cut extends java.io.FilterOutputStream {
        private long left;

        Cut(java.io.OutputStream out, long limit) {
            super(out);
            this.left = limit;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            left -= length;
            if (left < 0) {
                beforeCuts.run();
                cuts.incrementAndGet();
                throw new IOException("cut");
            }
            out.write(bytes, offset, length);
        }
    }

    RaftNode node(String name) {
        return java.util.Objects.requireNonNull(nodes.get(new NodeId(name)));
    }

    EntryStore store(String name, GroupId group) {
        return java.util.Objects.requireNonNull(stores.get(new NodeId(name))).of(group);
    }

    EntryStore.Stores stores(String name) {
        return java.util.Objects.requireNonNull(stores.get(new NodeId(name)));
    }

    void stop(String name) {
        RaftNode node = nodes.remove(new NodeId(name));
        if (node != null) {
            close(node);
        }
    }

    /// Closes a node and waits for its threads: it waits itself for a moment only, and until they have
    /// ended its directory and its port are not free. Ratis may never end a group whose databases
    /// failed at that moment, which a test is not kept by.
    static void close(RaftNode node) {
        Set<Thread> earlier = threads(node.self(), "close");
        node.close();
        long end = System.nanoTime() + CLOSE_LIMIT.toNanos();
        while (System.nanoTime() < end
                && !(earlier.containsAll(threads(node.self(), "close"))
                        && threads(node.self(), "((checkpoint|transfer|leadership|clock|restart)-\\d+|remove-.+)")
                                .isEmpty())) {
            LockSupport.parkNanos(2_000_000);
        }
    }

    static Set<Thread> threads(NodeId node, String what) {
        Pattern name = Pattern.compile(Pattern.quote(node + "-") + what);
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> name.matcher(thread.getName()).matches())
                .collect(Collectors.toSet());
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    void wipe(String name) throws IOException {
        FileTree.delete(directory(name));
    }

    static byte[] entry(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static AppendOutcome commit(ReplicatedGroup group, String text) {
        return group.log().commit(EntryStore.DATABASE, List.of(entry(text)));
    }

    /// Runs `work` on a thread of its own.
    static CompletableFuture<Void> async(Runnable work) {
        return CompletableFuture.runAsync(
                work, task -> Thread.ofPlatform().daemon().start(task));
    }

    /// Waits until `condition` holds.
    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not happen within " + LIMIT + ": " + what);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("nobody came within " + LIMIT);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// All nodes at once: each takes a second or more.
    @Override
    public void close() {
        nodes.values().stream().map(node -> async(() -> close(node))).toList().forEach(CompletableFuture::join);
    }
}
