package io.skerry.server.command;

import io.skerry.catalog.location.LocationCode;
import io.skerry.server.DevCluster;
import io.skerry.server.config.ConfigException;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Settings;
import io.skerry.server.life.LifeCycle;
import io.skerry.server.life.StopSignal;
import io.skerry.server.log.LogConfigurator;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "dev",
        description = "Starts one node per location in this process, for development.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class DevCommand implements Callable<Integer> {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where all files are kept.",
            defaultValue = "skerry-data")
    Path data = Path.of("skerry-data");

    @Option(
            names = "--locations",
            paramLabel = "CODE",
            split = ",",
            description = "The locations, one node each; the first takes the writes.",
            defaultValue = "fra,lhr,bos")
    List<String> locations = List.of();

    @Option(
            names = "--port",
            description = "HTTP port of the first location; the others follow on the next ones. 0: any free ports.",
            defaultValue = "8080")
    int port;

    @Option(names = "--organization", paramLabel = "NAME", description = "The organization.", defaultValue = "default")
    String organization = "default";

    @Option(
            names = "--token",
            description = "Administrator token. Default: a fresh one, kept in DIR/token.",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    @Nullable
    String token;

    @Option(
            names = "--tls",
            description = "HTTPS, with a certificate authority and a certificate that are made in DIR/tls and kept.")
    boolean tls;

    @Mixin
    SettingsOptions settings = new SettingsOptions();

    private List<LocationCode> codes() {
        return locations.stream()
                .map(text -> LocationCode.parse(text.strip())
                        .orElseThrow(() -> new ConfigException("--locations: '" + text
                                + "' is no location code; one has letters a-z, digits and '-', such as fra")))
                .toList();
    }

    @Override
    public Integer call() throws Exception {
        Configuration configuration = settings.load();
        DevCluster.Plan plan = new DevCluster.Plan(
                data.toAbsolutePath().normalize(), codes(), port, organization, token, configuration, tls);
        LogConfigurator.apply(
                configuration.get(Settings.LOG_FORMAT),
                configuration.get(Settings.LOG_LEVEL).name());
        LifeCycle life = new LifeCycle("skerry dev");
        StopSignal stop = StopSignal.install(life, configuration.get(Settings.STOP_TIME));
        try {
            life.start(parts -> {
                DevCluster cluster = DevCluster.start(plan);
                parts.add("nodes", cluster);
                Welcome.print(cluster, System.out);
            });
        } catch (Exception | Error failure) {
            stop.uninstall();
            throw failure;
        }
        stop.await();
        return 0;
    }
}
