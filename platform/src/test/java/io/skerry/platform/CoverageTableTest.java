package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// docs/api.md says what is served; this holds it to the truth.
class CoverageTableTest {

    @Test
    void theTableListsExactlyWhatIsServed() throws IOException {
        Path file = Path.of("..", "docs", "api.md");
        List<String> done = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("| `") && line.contains("| done |"))
                .map(line -> line.split("`")[1])
                .toList();
        Set<String> served = OperationsFixture.all().stream()
                .map(operation -> operation.method() + " " + operation.path())
                .collect(Collectors.toSet());
        assertThat(done).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(served);
    }
}
