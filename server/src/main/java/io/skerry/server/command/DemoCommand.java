package io.skerry.server.command;

import io.skerry.server.config.Configuration;
import io.skerry.server.config.Settings;
import io.skerry.server.demo.Demo;
import io.skerry.server.demo.DemoException;
import io.skerry.server.log.LogConfigurator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description =
                "Shows what Skerry does, on a temporary directory; exits 0 only if every step did what it should.",
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    /// The start script plays the story once after a build, and works on for some seconds, to teach the JVM what to
    /// load (JEP 514) and what to compile (JEP 515).
    @Option(names = "--training", hidden = true)
    boolean training;

    @Mixin
    SettingsOptions settings = new SettingsOptions();

    @Override
    public Integer call() throws Exception {
        Configuration configuration = settings.load();
        LogConfigurator.apply(configuration.get(Settings.LOG_FORMAT), training ? "INFO" : "WARN");
        try {
            if (training) {
                Demo.train(configuration, System.out);
            } else {
                Demo.play(configuration, System.out);
            }
        } catch (DemoException e) {
            System.out.println("   FAILED: " + e.getMessage());
            return 1;
        }
        System.out.println("\nAll steps did what they should.");
        return 0;
    }
}
