package io.skerry.server.command;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.DevCluster;
import io.skerry.server.config.Settings;
import io.skerry.server.life.StartException;
import io.skerry.server.log.LogConfigurator;
import java.nio.file.Path;
import java.util.List;
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
        Inspection inspection;
        try (DevCluster cluster = DevCluster.start(plan)) {
            inspection = new Inspection(cluster.catalog(), System.out);
            cluster.nodes().forEach(inspection::check);
        }
        return inspection.summarize() ? 0 : 1;
    }
}
