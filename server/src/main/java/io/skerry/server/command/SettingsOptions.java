package io.skerry.server.command;

import io.skerry.server.config.Configuration;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/// The options of every command that starts nodes.
final class SettingsOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file with settings (docs/operations.md lists them).")
    @Nullable
    Path file;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            showDefaultValue = Visibility.NEVER,
            description =
                    "One setting, such as --set http.body-bytes=20MiB. Wins over SKERRY_... variables and the file.")
    Map<String, String> flags = new LinkedHashMap<>();

    Configuration load() {
        return Configuration.load(flags, System.getenv(), file);
    }
}
