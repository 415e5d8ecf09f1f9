package io.skerry.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// docs/operations.md lists every setting as the code has it. To mend the page: replace its rows by those
/// that the failed comparison shows.
class OperationsPageTest {

    @Test
    void thePageListsEverySettingWithItsDefaultAndMeaning() throws IOException {
        List<String> rows = Settings.ALL.stream()
                .map(s -> "| `" + s.name() + "` | " + s.defaultText() + " | " + s.meaning() + " |")
                .toList();
        List<String> page = Files.readAllLines(Path.of("..", "docs", "operations.md"));
        int head = page.indexOf("| setting | default | meaning |");

        assertThat(head).as("the table of settings").isNotNegative();
        assertThat(page.stream()
                        .skip(head + 2)
                        .takeWhile(line -> line.startsWith("|"))
                        .toList())
                .containsExactlyElementsOf(rows);
    }

    /// Every setting but those of the log and these limits something, and stands in one row.
    private static final Set<Setting<?>> NO_LIMITS = Set.of(
            Settings.DATABASE_ADDRESS,
            Settings.JWKS_ADDRESSES,
            Settings.JWKS_CERTIFICATES,
            Settings.TLS_CERTIFICATE,
            Settings.TLS_KEY,
            Settings.TLS_TRUST);

    @Test
    void theTableOfLimitsHasEverySettingWithItsDefault() throws IOException {
        List<String> page = Files.readAllLines(Path.of("..", "docs", "operations.md"));
        int head = page.indexOf("| limit | default | setting | what a client sees |");
        assertThat(head).as("the table of limits").isNotNegative();

        List<String> rows = page.stream()
                .skip(head + 2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split(" \\| ", -1))
                .peek(cells -> assertThat(cells).as(String.join(" | ", cells)).hasSize(4))
                .filter(cells -> !cells[2].equals("fixed"))
                .map(cells -> cells[2] + " " + cells[1])
                .toList();

        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(Settings.ALL.stream()
                        .filter(setting -> !setting.name().startsWith("log.") && !NO_LIMITS.contains(setting))
                        .map(setting -> "`" + setting.name() + "` " + setting.defaultText())
                        .toList());
    }

    @Test
    void aNameIsUsedOnce() {
        assertThat(Settings.ALL.stream().map(Setting::name)).doesNotHaveDuplicates();
        assertThat(Settings.ALL.stream().map(Setting::environmentName)).doesNotHaveDuplicates();
    }
}
