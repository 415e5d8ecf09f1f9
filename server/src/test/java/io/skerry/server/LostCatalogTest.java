package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.Deletions;
import io.skerry.engine.file.FileTree;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.RaftNode;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.DescriptorShare;
import io.skerry.server.config.Limits;
import io.skerry.server.life.NodeIdentity;
import io.skerry.server.life.StartException;
import io.skerry.server.peer.HttpPeerTransport;
import io.skerry.server.peer.PeerSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A start never deletes what only the catalog could name.
class LostCatalogTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Configuration SETTINGS = Configuration.defaults();
    private static final List<LocationCode> LOCATIONS =
            Stream.of("fra", "lhr").map(LocationCode::new).toList();

    @TempDir
    Path data;

    @BeforeEach
    void firstStart() throws Exception {
        startAndClose();
    }

    @Test
    void aStartWithoutTheCatalogIsRefusedAndDeletesNoGroup() throws Exception {
        Set<Path> groups = groups("fra");
        removeCatalog();

        assertRefused();

        assertThat(groups).isNotEmpty();
        assertThat(groups("fra")).isEqualTo(groups);
        assertThat(data.resolve("lhr/raft/log").resolve(SystemGroup.GROUP.toString()))
                .as("the copy of the catalog")
                .isDirectory();
        assertThat(data.resolve("fra/raft/log").resolve(SystemGroup.GROUP.toString()))
                .doesNotExist();
    }

    @Test
    void aStartWithAnEmptyCatalogIsRefusedAndDeletesNoGroup() throws Exception {
        Set<Path> groups = groups("fra");
        removeCatalog();
        onNode("fra", replication -> {
            ReplicatedGroup anew = replication.create(SystemGroup.GROUP, LIMIT);
            assertThat(anew.store().databases()).isEmpty();
        });

        assertRefused();

        assertThat(groups).isNotEmpty();
        assertThat(groups("fra")).isEqualTo(groups);
    }

    @Test
    void aGroupThatTheCatalogDoesNotNameIsSetAsideAndDeletedMuchLater() throws Exception {
        GroupId nameless = new GroupId(UUID.randomUUID());
        DatabaseId database = new DatabaseId(UUID.randomUUID());
        onNode("lhr", replication -> replication.create(nameless, LIMIT).store().create(database));

        startAndClose();

        Path lhr = data.resolve("lhr");
        assertThat(lhr.resolve("groups").resolve(nameless.toString())).doesNotExist();
        assertThat(lhr.resolve("raft/log").resolve(nameless.toString())).doesNotExist();
        Path kept = only(lhr.resolve("trash"));
        assertThat(kept.getFileName().toString()).endsWith("_" + nameless);
        assertThat(kept.resolve("databases")).isDirectory();
        assertThat(kept.resolve("log/current")).isDirectory();

        startAndClose();
        Trash trash = new Trash(lhr.resolve("trash"), new Deletions());
        trash.deleteOld(Instant.now().plus(Trash.KEPT).minusSeconds(60));
        assertThat(kept).exists();
        Files.createDirectory(lhr.resolve("trash/of-somebody-else"));
        trash.deleteOld(Instant.now().plus(Trash.KEPT).plusSeconds(60));
        assertThat(only(lhr.resolve("trash")).getFileName()).hasToString("of-somebody-else");
    }

    private void startAndClose() throws Exception {
        try {
            start().close();
        } finally {
            ClosedLogs.await();
        }
    }

    private DevCluster start() throws Exception {
        return DevCluster.start(new DevCluster.Plan(data, LOCATIONS, 0, "default", null, SETTINGS));
    }

    private void assertRefused() {
        assertThatThrownBy(this::startAndClose)
                .isInstanceOf(StartException.class)
                .hasMessageContaining("the catalog is gone from " + data.resolve("fra"))
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining("from a backup")
                .hasMessageContaining("--data");
    }

    private void removeCatalog() throws IOException {
        for (String place : List.of("raft/log", "groups")) {
            FileTree.delete(data.resolve("fra").resolve(place).resolve(SystemGroup.GROUP.toString()));
        }
    }

    /// Runs `work` on the node's groups while no cluster is started.
    private void onNode(String location, Consumer<Replication> work) throws Exception {
        Path home = data.resolve(location);
        PeerAddress self = NodeIdentity.in(home, location, "127.0.0.1", 1);
        try (Storage storage = Storage.open(home, SETTINGS, DescriptorShare.AMPLE);
                RaftNode node = RaftNode.open(
                        self,
                        home.resolve("raft"),
                        Limits.raft(SETTINGS),
                        storage,
                        new HttpPeerTransport(PeerSecret.in(data.resolve("secret")), self.node()))) {
            work.accept(node);
        }
        ClosedLogs.await();
    }

    /// The groups of a location other than the catalog's.
    private Set<Path> groups(String location) throws IOException {
        try (Stream<Path> groups = Files.list(data.resolve(location).resolve("groups"))) {
            return groups.filter(group -> !group.endsWith(SystemGroup.GROUP.toString()))
                    .collect(Collectors.toSet());
        }
    }

    private static Path only(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> all = entries.toList();
            assertThat(all).hasSize(1);
            return all.getFirst();
        }
    }
}
