package io.skerry.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

    @Test
    void aNameIsUsedOnce() {
        assertThat(Settings.ALL.stream().map(Setting::name)).doesNotHaveDuplicates();
        assertThat(Settings.ALL.stream().map(Setting::environmentName)).doesNotHaveDuplicates();
    }
}
