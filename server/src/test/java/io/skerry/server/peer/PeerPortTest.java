package io.skerry.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.engine.testing.Await;
import io.skerry.platform.NodeHttp;
import io.skerry.raft.MemberState;
import io.skerry.raft.MembershipException;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.server.config.Configuration;
import io.skerry.server.http.Listener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// One node's orders to another, through the port between them.
class PeerPortTest {

    private static final GroupId GROUP = new GroupId(UUID.randomUUID());
    private static final DatabaseId DATABASE = new DatabaseId(UUID.randomUUID());
    private static final UploadId UPLOAD = new UploadId(UUID.randomUUID());
    private static final UploadId BAD_UPLOAD = new UploadId(UUID.randomUUID());
    private static final UploadUse ACME =
            new UploadUse(new UploadOwner.OfOrganization(new OrganizationId(UUID.randomUUID())), DATABASE);
    private static final UploadUse SHOP = UploadUse.ofDraft(DATABASE);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final PeerAddress OTHER = new PeerAddress(new NodeId("lhr-1"), "127.0.0.1:1", "127.0.0.1:2");
    private static final List<Reading> READINGS =
            List.of(new Reading(DATABASE, 3, 2, List.of(new Query("SELECT 'ü'", 3, 2))));
    private static final NodeUsage USAGE =
            new NodeUsage(List.of(new NodeUsage.Storage(DATABASE, 4096)), List.of(new UsageSince("r1", READINGS)));
    private static final UsageReport REPORT =
            new UsageReport("r2", "r1", new NodeId("fra-1"), new LocationCode("fra"), 1_800_000_000_000L, READINGS);
    private static final List<AuditNote> NOTES = List.of(new AuditNote(
            new OrganizationId(new UUID(1, 2)),
            new Actor("ana", "cli", "127.0.0.1", "req-1"),
            Action.DUMP_UPLOAD,
            UPLOAD.toString(),
            "3 bytes 'ü'",
            "ok"));
    private static final Progress.Mark HALF = new Progress.Mark(3, 7);
    private static final int SNAPSHOT_BYTES = 5_000_000;

    @TempDir
    Path directory;

    private final HttpClient http = HttpClient.newHttpClient();
    private final NodeHttp nodes = NodeHttp.plain();
    private final Progress progress = new Progress();
    private final RecordingNode node = new RecordingNode();
    private boolean breakSnapshot;
    private @Nullable RuntimeException copyFailure;

    private @Nullable Listener listener;
    private @Nullable PeerSecret secret;

    @BeforeEach
    void open() throws Exception {
        secret = PeerSecret.in(directory.resolve("secret"));
        HttpRouting.Builder routing = HttpRouting.builder();
        new PeerRoutes(
                        secret,
                        node,
                        (group, receiver, out) -> {
                            byte[] bytes = bytes();
                            out.write(bytes, 0, bytes.length / 2);
                            if (breakSnapshot) {
                                throw new DatabaseException(Code.UNAVAILABLE, "the group was stopped");
                            }
                            out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
                        },
                        this::writeCopy,
                        (upload, out) -> writeCopy(GROUP, DATABASE, out))
                .register(routing);
        listener = Listener.openForNodes("127.0.0.1", 0, "transfer", Configuration.defaults(), routing);
    }

    private void writeCopy(GroupId group, DatabaseId database, OutputStream out) {
        byte[] bytes = bytes();
        try {
            out.write(bytes, 0, bytes.length / 2);
            if (copyFailure != null) {
                throw copyFailure;
            }
            out.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        nodes.close();
        http.close();
        if (listener != null) {
            listener.close();
        }
    }

    @Test
    void ordersArriveWithEverythingThatTheySay() throws Exception {
        NodeClient client = client();
        client.createGroup(GROUP, LIMIT);
        client.addListener(GROUP, OTHER, LIMIT);
        client.createDatabase(GROUP, DATABASE);
        client.fillDatabase(GROUP, DATABASE, new CopySource.OfDatabase(OTHER, GROUP, DATABASE), LIMIT, progress);
        client.fillDatabase(GROUP, DATABASE, new CopySource.OfUpload(OTHER, UPLOAD), LIMIT, progress);
        client.dropDatabase(GROUP, DATABASE);
        assertThat(client.buildUpload(UPLOAD, ACME, LIMIT, progress)).isEmpty();
        assertThat(client.buildUpload(UPLOAD, SHOP, LIMIT, progress)).isEmpty();
        assertThat(client.buildUpload(BAD_UPLOAD, ACME, LIMIT, progress)).contains("line 3: 'ü'");
        client.discardUpload(UPLOAD, ACME);
        client.removeListener(GROUP, OTHER, LIMIT);
        client.deleteGroup(GROUP, LIMIT);
        client.setAsideGroup(GROUP, LIMIT);
        client.settleGroup(GROUP, new FrameNo(17), LIMIT);
        assertThat(client.recordAudit(NOTES)).isEqualTo(new FrameNo(5));

        assertThat(node.orders)
                .containsExactly(
                        "create " + GROUP + " " + LIMIT,
                        "add " + OTHER + " to " + GROUP + " " + LIMIT,
                        "create " + DATABASE + " in " + GROUP,
                        "fill " + DATABASE + " of " + GROUP + " from "
                                + new CopySource.OfDatabase(OTHER, GROUP, DATABASE) + " " + LIMIT,
                        "fill " + DATABASE + " of " + GROUP + " from " + new CopySource.OfUpload(OTHER, UPLOAD) + " "
                                + LIMIT,
                        "drop " + DATABASE + " of " + GROUP,
                        "build " + UPLOAD + " of " + ACME + " " + LIMIT,
                        "build " + UPLOAD + " of " + SHOP + " " + LIMIT,
                        "build " + BAD_UPLOAD + " of " + ACME + " " + LIMIT,
                        "discard " + UPLOAD + " of " + ACME,
                        "remove " + OTHER + " from " + GROUP + " " + LIMIT,
                        "delete " + GROUP + " " + LIMIT,
                        "set aside " + GROUP + " " + LIMIT,
                        "settle " + GROUP + " as of 17 " + LIMIT,
                        "tell the log " + NOTES);
        assertThat(client.members(GROUP)).isEqualTo(node.members(GROUP));
        assertThat(client.groups()).containsExactly(GROUP);
        assertThat(client.databases(GROUP)).containsExactly(DATABASE);
        assertThat(client.usage(Map.of(GROUP, List.of(DATABASE)))).isEqualTo(USAGE);
        assertThat(client.usage(Map.of()).storage()).isEmpty();
        assertThat(client.queries(DATABASE)).isEqualTo(node.queries(DATABASE));
        assertThat(client.recordUsage(REPORT)).isEqualTo("after " + REPORT);
        assertThat(client.awaitCatalog(new FrameNo(3), LIMIT)).isTrue();
        assertThat(client.awaitCatalog(new FrameNo(4), LIMIT)).isFalse();
        assertThat(client.catalogFrame(LIMIT)).isEqualTo(new FrameNo(3));
    }

    @Test
    void theBytesOfACopyArrive() throws Exception {
        CopySource source = new CopySource.OfDatabase(self(), GROUP, DATABASE);
        try (InputStream in = new HttpCopyTransport(secret()).open(source)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes());
        }
    }

    @Test
    void whatEndsACopyThereIsThrownHere() throws Exception {
        CopySource source = new CopySource.OfDatabase(self(), GROUP, DATABASE);
        copyFailure = new CatalogException(CatalogException.Reason.BUSY, "the logs keep too much");
        try (InputStream in = new HttpCopyTransport(secret()).open(source)) {
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOfSatisfying(
                            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.BUSY))
                    .hasMessage("the logs keep too much");
        }
        copyFailure = new UncheckedIOException(new IOException("the file cannot be read"));
        try (InputStream in = new HttpCopyTransport(secret()).open(source)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatFailsThereFailsHereInTheSameWay() throws Exception {
        NodeClient client = client();
        node.failure = new DatabaseException(Code.DISK_FULL, "no space");
        assertThatThrownBy(() -> client.createDatabase(GROUP, DATABASE))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.DISK_FULL))
                .hasMessageContaining("no space")
                .hasMessageContaining("fra-1");
        node.failure = new MembershipException("too slow", null);
        assertThatThrownBy(() -> client.addListener(GROUP, OTHER, LIMIT))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("too slow");
        node.failure = new IllegalStateException("a defect");
        assertThatThrownBy(() -> client.createGroup(GROUP, LIMIT))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.INTERNAL));
    }

    @Test
    void anOrderThatIsBrokenOffByTheEndOfTheNodeIsOneLineOfTheLog() {
        node.stopping = true;
        node.failure = new DatabaseException(Code.UNAVAILABLE, "the node is stopping");
        var root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        root.addAppender(lines);
        try {
            assertThatThrownBy(() -> client().deleteGroup(GROUP, LIMIT)).isInstanceOf(DatabaseException.class);
            // Waits for what is under way.
            java.util.Objects.requireNonNull(listener).close();
        } finally {
            root.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("order of another node failed: the node is stopping");
    }

    @Test
    void anOrderThatLastsIsWaitedForAndTellsHowFarItIsAndWhatItThrowsArrives() {
        node.failure = new CatalogException(CatalogException.Reason.NOT_FOUND, "there is no such upload");
        assertThatThrownBy(() -> client().buildUpload(UPLOAD, ACME, LIMIT, progress))
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.NOT_FOUND))
                .hasMessage("there is no such upload");
        node.failure = null;
        node.lasting = true;
        Thread.ofVirtual().start(() -> {
            try {
                Await.until("half of it is told", () -> progress.mark().equals(HALF));
            } finally {
                node.end.countDown();
            }
        });
        assertThat(client().buildUpload(BAD_UPLOAD, ACME, LIMIT, progress)).contains("line 3: 'ü'");
        assertThat(progress.mark()).isEqualTo(HALF);
    }

    @Test
    void anOrderThatNobodyWaitsForAnyMoreIsInterrupted() throws Exception {
        node.lasting = true;
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                client().fillDatabase(GROUP, DATABASE, new CopySource.OfUpload(OTHER, UPLOAD), LIMIT, progress);
            } catch (DatabaseException gone) {
                // That is what happens.
            }
        });
        node.awaitLasting();
        // Closes its connection, as the end of its process does.
        waiting.interrupt();
        assertThat(node.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        waiting.join();
    }

    @Test
    void aNodeThatIsNotThereIsSaidToBe() {
        NodeClient client = client();
        java.util.Objects.requireNonNull(listener).close();
        assertThatThrownBy(client::groups)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                .hasMessageContaining("fra-1")
                .hasMessageContaining("is it running");
    }

    @Test
    void withoutTheSecretNothingIsThere() throws Exception {
        PeerSecret other = PeerSecret.in(directory.resolve("other"));
        assertThatThrownBy(() -> new HttpNodeClient(nodes, other, self()).createGroup(GROUP, LIMIT))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("404");
        assertThatThrownBy(() -> new HttpPeerTransport(other, OTHER.node()).snapshot(self(), GROUP))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("404");
        for (String path : List.of(PeerPaths.GROUPS, PeerPaths.group(GROUP), "/", "/nothing")) {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + self().transfer() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(path).isEqualTo(404);
        }
        assertThat(node.orders).isEmpty();
        assertThat(secret().toString()).isEqualTo("[secret]");
    }

    @Test
    void aSnapshotArrivesByteByByte() throws Exception {
        try (InputStream in = new HttpPeerTransport(secret(), OTHER.node()).snapshot(self(), GROUP)) {
            assertThat(in.readAllBytes()).isEqualTo(bytes());
        }
    }

    @Test
    void aSnapshotThatBreaksOffIsNotTakenForAWholeOne() throws Exception {
        breakSnapshot = true;
        var lines = new ListAppender<ILoggingEvent>();
        var all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        lines.start();
        all.addAppender(lines);
        try (InputStream in = new HttpPeerTransport(secret(), OTHER.node()).snapshot(self(), GROUP)) {
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
        } finally {
            all.detachAppender(lines);
        }
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.getFormattedMessage())
                            .contains("broken off")
                            .contains("the group was stopped");
                    assertThat(line.getThrowableProxy()).isNull();
                });
    }

    private NodeClient client() {
        return new HttpNodeClient(nodes, secret(), self());
    }

    private PeerSecret secret() {
        return java.util.Objects.requireNonNull(secret);
    }

    private PeerAddress self() {
        URI uri = java.util.Objects.requireNonNull(listener).uri();
        return new PeerAddress(new NodeId("fra-1"), "127.0.0.1:1", "127.0.0.1:" + uri.getPort());
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[SNAPSHOT_BYTES];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    /// A node that writes down what it is told.
    private static final class RecordingNode implements NodeClient {

        private final List<String> orders = new ArrayList<>();
        private volatile @Nullable RuntimeException failure;
        private volatile boolean lasting;
        /// Whether the thread of an order is interrupted, as at the end of its node.
        private volatile boolean stopping;
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private final CountDownLatch interrupted = new CountDownLatch(1);

        private void last() {
            if (lasting) {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                }
            }
        }

        private void awaitLasting() {
            try {
                assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private synchronized void order(String what) {
            if (stopping) {
                Thread.currentThread().interrupt();
            }
            if (failure != null) {
                throw failure;
            }
            orders.add(what);
        }

        @Override
        public void createGroup(GroupId group, Duration limit) {
            order("create " + group + " " + limit);
        }

        @Override
        public void deleteGroup(GroupId group, Duration limit) {
            order("delete " + group + " " + limit);
        }

        @Override
        public void setAsideGroup(GroupId group, Duration limit) {
            order("set aside " + group + " " + limit);
        }

        @Override
        public void settleGroup(GroupId group, FrameNo frame, Duration limit) {
            order("settle " + group + " as of " + frame + " " + limit);
        }

        @Override
        public void addListener(GroupId group, PeerAddress peer, Duration limit) {
            order("add " + peer + " to " + group + " " + limit);
        }

        @Override
        public void removeListener(GroupId group, PeerAddress peer, Duration limit) {
            order("remove " + peer + " from " + group + " " + limit);
        }

        @Override
        public void createDatabase(GroupId group, DatabaseId database) {
            order("create " + database + " in " + group);
        }

        @Override
        public void dropDatabase(GroupId group, DatabaseId database) {
            order("drop " + database + " of " + group);
        }

        @Override
        public void fillDatabase(
                GroupId group, DatabaseId database, CopySource source, Duration limit, Progress progress) {
            last();
            order("fill " + database + " of " + group + " from " + source + " " + limit);
        }

        @Override
        public Optional<String> buildUpload(UploadId upload, UploadUse use, Duration limit, Progress progress) {
            progress.at(HALF.done(), HALF.all());
            last();
            order("build " + upload + " of " + use + " " + limit);
            return upload.equals(BAD_UPLOAD) ? Optional.of("line 3: 'ü'") : Optional.empty();
        }

        @Override
        public void discardUpload(UploadId upload, UploadUse use) {
            order("discard " + upload + " of " + use);
        }

        @Override
        public NodeUsage usage(Map<GroupId, List<DatabaseId>> databases) {
            return databases.equals(Map.of(GROUP, List.of(DATABASE))) ? USAGE : new NodeUsage(List.of(), List.of());
        }

        @Override
        public List<UsageSince> queries(DatabaseId database) {
            return List.of(new UsageSince(database.toString(), READINGS));
        }

        @Override
        public String recordUsage(UsageReport report) {
            return "after " + report;
        }

        @Override
        public FrameNo recordAudit(List<AuditNote> notes) {
            order("tell the log " + notes);
            return new FrameNo(5);
        }

        @Override
        public List<MemberState> members(GroupId group) {
            return List.of(new MemberState(OTHER.node(), MemberState.Role.LISTENER, true, false, 1, 2, 3, 4));
        }

        @Override
        public Collection<GroupId> groups() {
            return List.of(GROUP);
        }

        @Override
        public Collection<DatabaseId> databases(GroupId group) {
            return List.of(DATABASE);
        }

        @Override
        public boolean awaitCatalog(FrameNo frame, Duration limit) {
            return frame.value() <= 3;
        }

        @Override
        public FrameNo catalogFrame(Duration limit) {
            return new FrameNo(3);
        }
    }
}
