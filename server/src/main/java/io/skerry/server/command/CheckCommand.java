package io.skerry.server.command;

import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.server.DevCluster;
import io.skerry.server.Node;
import io.skerry.server.config.Settings;
import io.skerry.server.life.StartException;
import io.skerry.server.log.LogConfigurator;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The nodes are started for it, without their usual ports for clients: the files alone are checkpoints,
/// and only with the log applied to them is there something to check.
@Command(
        name = "check",
        description = "Checks every database of a data directory that no process uses, at every location.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory.", required = true)
    Path data = Path.of("");

    @Option(names = "--organization", hidden = true, defaultValue = "default")
    String organization = "default";

    @Mixin
    SettingsOptions settings = new SettingsOptions();

    private final Set<GroupId> archived = new HashSet<>();
    private int checked;
    private int damaged;

    @Override
    public Integer call() throws Exception {
        var configuration = settings.load();
        LogConfigurator.apply(configuration.get(Settings.LOG_FORMAT), "WARN");
        Path directory = data.toAbsolutePath().normalize();
        List<LocationCode> locations = DevCluster.locations(directory);
        if (locations.isEmpty()) {
            throw new StartException("there is no node in " + directory);
        }
        var plan = new DevCluster.Plan(directory, locations, 0, organization, null, configuration);
        try (DevCluster cluster = DevCluster.start(plan)) {
            cluster.nodes().forEach(this::check);
        }
        System.out.printf("%d databases checked, %d damaged%n", checked, damaged);
        if (!archived.isEmpty()) {
            System.out.printf(
                    "%d archived groups were left out: what is archived is checked when it is in use again%n",
                    archived.size());
        }
        return damaged == 0 ? 0 : 1;
    }

    private void check(Node node) {
        archived.addAll(node.archivedGroups());
        for (ReplicatedGroup group : node.groups()) {
            group.trouble().ifPresent(trouble -> report(node, "group " + group.id(), List.of(trouble)));
            for (DatabaseId id : group.store().databases()) {
                group.store().database(id).ifPresent(database -> check(node, id, database));
            }
        }
    }

    private void check(Node node, DatabaseId id, Database database) {
        checked++;
        List<String> found;
        try {
            found = database.integrityCheck();
        } catch (DatabaseException e) {
            found = List.of(String.valueOf(e.getMessage()));
        }
        if (!found.equals(List.of("ok"))) {
            report(node, "database " + id, found);
        }
    }

    private void report(Node node, String what, List<String> found) {
        damaged++;
        System.out.println(node.location() + ": " + what + ":");
        found.forEach(line -> System.out.println("  " + line));
    }
}
