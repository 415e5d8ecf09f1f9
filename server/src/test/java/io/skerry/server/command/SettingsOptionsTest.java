package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.config.Configuration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SettingsOptionsTest {

    @Test
    void theHelpShowsASettingThatThereIs() {
        String help = SkerryCommand.line().getSubcommands().get("dev").getUsageMessage();

        Matcher example = Pattern.compile("--set ([a-z.-]+)=(\\w+)").matcher(help.replaceAll("\\s+", " "));

        assertThat(example.find()).as(help).isTrue();
        Configuration.load(Map.of(example.group(1), example.group(2)), Map.of(), null);
        assertThat(help).as("an empty map is no default that says anything").doesNotContain("{}");
    }
}
