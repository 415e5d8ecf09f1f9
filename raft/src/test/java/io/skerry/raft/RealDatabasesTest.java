package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Engine;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.file.FileTree;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.sqlite.Statement;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// The log and SQLite together: real files, real commits.
class RealDatabasesTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final DatabaseId SHOP = new DatabaseId(UUID.fromString("22222222-2222-3333-4444-555555555555"));

    private static final String ROWS = "INSERT INTO item(name) WITH RECURSIVE n(i) AS"
            + " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT randomblob(500) FROM n";

    @TempDir
    Path directory;

    private final Map<NodeId, RaftNode> nodes = new ConcurrentHashMap<>();
    private final Map<NodeId, Engine> engines = new ConcurrentHashMap<>();
    private final Map<String, PeerAddress> addresses = new ConcurrentHashMap<>();

    private final AtomicInteger snapshots = new AtomicInteger();
    /// With the database whose copy has begun.
    private volatile @Nullable Consumer<DatabaseId> whileSent;

    private PeerAddress address(String name) {
        return addresses.computeIfAbsent(
                name, id -> new PeerAddress(new NodeId(id), "127.0.0.1:" + TestCluster.freePort(), id + ":1"));
    }

    private RaftNode start(String name) throws IOException {
        PeerAddress self = address(name);
        var engine = new Engine(StorageSettings.DEFAULT, QuerySettings.DEFAULT, 4);
        engines.put(self.node(), engine);
        Path groups = directory.resolve(name).resolve("groups");
        var stores = new GroupStores() {
            @Override
            public GroupStore open(GroupId group) {
                return engine.open(group, groups.resolve(group.toString()));
            }

            @Override
            public OptionalLong bytes(GroupId group, DatabaseId database) {
                return Engine.bytesAtRest(groups.resolve(group.toString()), database);
            }

            @Override
            public void delete(GroupId group) {
                try {
                    FileTree.delete(groups.resolve(group.toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void setAside(GroupId group, Path log) {
                throw new UnsupportedOperationException();
            }
        };
        RaftNode node = RaftNode.open(
                self,
                directory.resolve(name),
                RaftSettings.defaults().change().checkpointLogBytes(2 << 20).build(),
                stores,
                new PeerTransport() {
                    @Override
                    public InputStream snapshot(PeerAddress source, GroupId group) throws IOException {
                        return stream(self.node(), source, group);
                    }

                    @Override
                    public void delete(PeerAddress peer, GroupId group, Duration limit) {
                        Objects.requireNonNull(nodes.get(peer.node())).delete(group, limit);
                    }
                });
        nodes.put(self.node(), node);
        return node;
    }

    /// What is sent of a snapshot: once its first database is under way, something happens.
    private static final class Sent extends FilterOutputStream {

        /// Of the first database, behind the header and a tag.
        private static final int ID_AT = 4 + 4 + 16 + 4 + 8 + 1;
        private static final int LATER = 200_000;

        private final ByteArrayOutputStream first = new ByteArrayOutputStream();
        private @Nullable Consumer<DatabaseId> then;

        Sent(OutputStream out, @Nullable Consumer<DatabaseId> then) {
            super(out);
            this.then = then;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            Consumer<DatabaseId> now = then;
            if (now == null) {
                return;
            }
            first.write(bytes, offset, length);
            if (first.size() > LATER) {
                then = null;
                ByteBuffer id = ByteBuffer.wrap(first.toByteArray()).position(ID_AT);
                now.accept(new DatabaseId(new UUID(id.getLong(), id.getLong())));
            }
        }
    }

    private InputStream stream(NodeId receiver, PeerAddress source, GroupId group) throws IOException {
        RaftNode from = Objects.requireNonNull(nodes.get(source.node()));
        snapshots.incrementAndGet();
        var in = new PipedInputStream(1 << 20);
        var out = new PipedOutputStream(in);
        Thread.ofPlatform().daemon().start(() -> {
            try (var sent = new Sent(out, whileSent)) {
                from.writeSnapshot(group, receiver, sent);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return in;
    }

    private RaftNode node(String name) {
        return Objects.requireNonNull(nodes.get(new NodeId(name)));
    }

    private void stop(String name) {
        NodeId id = new NodeId(name);
        TestCluster.close(Objects.requireNonNull(nodes.remove(id)));
        Objects.requireNonNull(engines.remove(id)).close();
    }

    @AfterEach
    void stopAll() {
        nodes.keySet().forEach(id -> stop(id.value()));
    }

    private static long count(Database database) {
        return database.read(connection -> {
            try (Statement count = connection.prepare("SELECT count(*) FROM item")) {
                count.step();
                return count.columnLong(0);
            }
        });
    }

    private long countAt(String name) {
        try {
            return node(name)
                    .group(GROUP)
                    .flatMap(group -> group.store().database(SHOP))
                    .map(RealDatabasesTest::count)
                    .orElse(-1L);
        } catch (DatabaseException notReady) {
            return -2;
        } catch (io.skerry.sqlite.SqliteException noTable) {
            return -3;
        }
    }

    private static void insert(Database shop, int rows) {
        for (int i = 0; i < rows; i++) {
            shop.<Boolean>write(connection -> {
                connection.exec("INSERT INTO item(name) VALUES (hex(randomblob(400)))");
                return true;
            });
        }
    }

    @Test
    void rowsAreEverywhereAndSurviveRestarts() throws IOException {
        ReplicatedGroup group = start("fra").create(GROUP, LIMIT);
        await("it may be written", group.log()::isLeader);
        Database shop = group.store().create(SHOP);
        shop.<Boolean>write(connection -> {
            connection.exec("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT)");
            return true;
        });
        insert(shop, 500);

        start("lhr");
        var stop = new AtomicBoolean();
        var writer = TestCluster.async(() -> {
            while (!stop.get()) {
                insert(shop, 1);
            }
        });
        group.addListener(address("lhr"), LIMIT);
        stop.set(true);
        writer.join();
        await("lhr has every row", () -> countAt("lhr") == count(shop));
        insert(shop, 2_000);
        await("lhr follows", () -> countAt("lhr") == count(shop));

        long rows = count(shop);
        stop("lhr");
        stop("fra");
        RaftNode fra = start("fra");
        start("lhr");
        assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
        await("fra has every row", () -> countAt("fra") == rows);
        await("lhr has every row", () -> countAt("lhr") == rows);
        Database again = fra.group(GROUP).orElseThrow().store().database(SHOP).orElseThrow();
        insert(again, 10);
        await("lhr goes on", () -> countAt("lhr") == rows + 10);
        assertThat(again.integrityCheck()).containsExactly("ok");
        assertThat(node("lhr")
                        .group(GROUP)
                        .orElseThrow()
                        .store()
                        .database(SHOP)
                        .orElseThrow()
                        .integrityCheck())
                .containsExactly("ok");

        fra.group(GROUP).orElseThrow().removeListener(address("lhr"), LIMIT);
        assertThat(directory.resolve("lhr/groups/" + GROUP)).doesNotExist();
        fra.group(GROUP).orElseThrow().addListener(address("lhr"), LIMIT);
        await("lhr is back", () -> countAt("lhr") == rows + 10);
    }

    /// One of them in the middle of its copy and one before its turn, each after a commit that the log brings.
    @Test
    void aNodeJoinsWithOneCopyThoughDatabasesAreDroppedMeanwhile() throws IOException {
        ReplicatedGroup group = start("fra").create(GROUP, LIMIT);
        await("it may be written", group.log()::isLeader);
        List<DatabaseId> ids =
                Stream.of(1, 2, 3).map(i -> new DatabaseId(new UUID(7, i))).toList();
        for (DatabaseId id : ids) {
            write(group.store().create(id), "CREATE TABLE item(name)", ROWS, ROWS, ROWS, ROWS);
        }
        group.store().checkpoint();
        var dropped = new ArrayList<DatabaseId>();
        whileSent = underWay -> {
            DatabaseId waiting =
                    ids.stream().filter(id -> !id.equals(underWay)).findFirst().orElseThrow();
            for (DatabaseId id : List.of(underWay, waiting)) {
                write(group.store().database(id).orElseThrow(), ROWS);
                group.store().drop(id);
                dropped.add(id);
            }
            write(group.store().create(SHOP), "CREATE TABLE item(name)", ROWS);
        };
        RaftNode lhr = start("lhr");

        group.addListener(address("lhr"), LIMIT);

        assertThat(snapshots).hasValue(1);
        assertThat(dropped).hasSize(2);
        DatabaseId kept =
                ids.stream().filter(id -> !dropped.contains(id)).findFirst().orElseThrow();
        insert(group.store().database(kept).orElseThrow(), 1);
        GroupStore joined = lhr.group(GROUP).orElseThrow().store();
        await("lhr has what was created meanwhile", () -> countAt("lhr") == 1_000);
        await(
                "lhr has what was there",
                () -> joined.database(kept).map(RealDatabasesTest::count).orElse(0L) == 4_001);
        assertThat(joined.databases()).containsExactlyInAnyOrder(kept, SHOP);
        assertThat(joined.database(kept).orElseThrow().integrityCheck()).containsExactly("ok");
        assertThat(lhr.group(GROUP).orElseThrow().trouble()).isEmpty();
        try (Stream<Path> files = Files.list(directory.resolve("lhr/groups/" + GROUP))) {
            assertThat(files.map(Path::toString))
                    .noneMatch(name -> dropped.stream().anyMatch(id -> name.contains(id.toString())));
        }
    }

    private static void write(Database database, String... statements) {
        for (String statement : statements) {
            database.<Boolean>write(connection -> {
                connection.exec(statement);
                return true;
            });
        }
    }

    @Test
    void aGroupThatIsArchivedUnderLoadHasNoOpenFileAndAllAcknowledgedRowsAfterwards() throws IOException {
        RaftNode fra = start("fra");
        ReplicatedGroup group = fra.create(GROUP, LIMIT);
        await("it may be written", group.log()::isLeader);
        Database shop = group.store().create(SHOP);
        shop.<Boolean>write(connection -> {
            connection.exec("CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT)");
            return true;
        });
        RaftNode lhr = start("lhr");
        group.addListener(address("lhr"), LIMIT);
        var acknowledged = new AtomicLong();
        var writer = TestCluster.async(() -> {
            try {
                while (true) {
                    insert(shop, 1);
                    acknowledged.incrementAndGet();
                }
            } catch (DatabaseException closed) {
                // The leadership ends with the group; nothing is in doubt either way.
                assertThat(closed.code()).isIn(Code.UNAVAILABLE, Code.NOT_LEADER);
            }
        });
        await("lhr has rows, and is read", () -> countAt("lhr") > 20);
        assertThat(openFiles()).isNotEmpty();

        fra.archive(GROUP, LIMIT);
        lhr.archive(GROUP, LIMIT);
        writer.join();

        await("no file of it is open", () -> openFiles().isEmpty());
        assertThat(fra.archivedBytes(GROUP, SHOP).orElseThrow()).isGreaterThan(4096);
        lhr.unarchive(GROUP, LIMIT);
        fra.unarchive(GROUP, LIMIT);
        assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
        await("fra has every row", () -> countAt("fra") == acknowledged.get());
        await("lhr has every row", () -> countAt("lhr") == acknowledged.get());
        Database again = fra.group(GROUP).orElseThrow().store().database(SHOP).orElseThrow();
        insert(again, 10);
        await("lhr goes on", () -> countAt("lhr") == acknowledged.get() + 10);
        assertThat(again.integrityCheck()).containsExactly("ok");
    }

    /// A checkpoint waits for the transaction that is open, and its group is closed meanwhile.
    @Test
    void whatIsNormalAtACloseIsNoLineInTheLog() throws IOException, InterruptedException {
        var lines = new ListAppender<ILoggingEvent>();
        var logger = (Logger) LoggerFactory.getLogger("io.skerry.engine.storage");
        ReplicatedGroup group = start("fra").create(GROUP, LIMIT);
        await("it may be written", group.log()::isLeader);
        Database shop = group.store().create(SHOP);
        Session session = shop.openSession(SessionOptions.FULL);
        session.sequence("CREATE TABLE item(name); BEGIN IMMEDIATE; INSERT INTO item VALUES ('one')");
        lines.start();
        logger.addAppender(lines);
        try {
            Thread checkpoint = Thread.ofPlatform().start(() -> group.store().checkpoint());
            await("it waits for the writer", () -> checkpoint.getState() == Thread.State.WAITING);
            group.store().close();
            checkpoint.join();
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.WARN));
        session.close();
    }

    /// The files of the group, databases and log, that this process has open.
    private static List<String> openFiles() {
        List<String> open = new ArrayList<>();
        try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
            for (Path handle : (Iterable<Path>) handles::iterator) {
                try {
                    String target = Files.readSymbolicLink(handle).toString();
                    if (target.contains(GROUP.toString())) {
                        open.add(target);
                    }
                } catch (NoSuchFileException closed) {
                    continue;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }
}
