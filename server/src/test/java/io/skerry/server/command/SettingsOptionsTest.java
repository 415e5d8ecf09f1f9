package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.config.Configuration;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SettingsOptionsTest {

    @Test
    void theHelpShowsASettingThatThereIs() {
        var out = new StringWriter();
        new CommandLine(new DevCommand()).setOut(new PrintWriter(out, true)).execute("--help");
        String help = out.toString().replaceAll("\\s+", " ");

        Matcher example = Pattern.compile("--set ([a-z.-]+)=(\\w+)").matcher(help);

        assertThat(example.find()).as(help).isTrue();
        Configuration.load(Map.of(example.group(1), example.group(2)), Map.of(), null);
        assertThat(help).as("an empty map is no default that says anything").doesNotContain("{}");
    }
}
