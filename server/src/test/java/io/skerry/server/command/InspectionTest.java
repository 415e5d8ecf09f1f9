package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.server.DevCluster;
import io.skerry.server.Node;
import io.skerry.server.config.Configuration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class InspectionTest {

    @TempDir
    private Path files;

    @Test
    void whatTheCatalogDoesNotNameIsLeftOverAndNoDamage() throws Exception {
        DevCluster.Plan plan = new DevCluster.Plan(
                files,
                List.of(new LocationCode("fra")),
                0,
                "default",
                null,
                Configuration.load(Map.of(), Map.of(), null));
        var printed = new ByteArrayOutputStream();
        try (DevCluster cluster = DevCluster.start(plan)) {
            Node node = cluster.nodes().getFirst();
            ReplicatedGroup group = node.groups().stream()
                    .filter(present -> !present.id().equals(SystemGroup.GROUP))
                    .findFirst()
                    .orElseThrow();
            DatabaseId id = Databases.newId();
            group.store().create(id);
            var inspection = new Inspection(cluster.catalog(), new PrintStream(printed, true, StandardCharsets.UTF_8));

            inspection.check(node);

            assertThat(inspection.summarize()).isTrue();
            assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                    .containsExactly(
                            "fra: database " + id + ": left by an interrupted creation or deletion, and not"
                                    + " checked; it is dropped at the next start",
                            "1 databases checked, 0 damaged");
        }
    }
}
