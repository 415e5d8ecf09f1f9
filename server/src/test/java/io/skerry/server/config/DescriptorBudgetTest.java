package io.skerry.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.server.life.StartException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorBudgetTest {

    private static final Configuration DEFAULTS = Configuration.defaults();
    private static final Pattern TO_RAISE = Pattern.compile("ulimit -n (\\d+), or LimitNOFILE=(\\d+)\\)");

    /// All that the nodes of a process can have open at once.
    private static long worst(DescriptorBudget budget, int nodes, int groups) {
        DescriptorShare node = budget.node();
        long each = DescriptorBudget.NODE
                + node.databases()
                + node.nodeConnections()
                + 2L * node.handedOn()
                + node.uploads()
                + budget.settings().get(Settings.CONNECTIONS)
                + (long) DescriptorBudget.GROUP
                        * Math.max(groups, budget.settings().get(Settings.GROUPS_PER_NODE));
        return DescriptorBudget.PROCESS + nodes * each + budget.temporaryFiles();
    }

    @ParameterizedTest
    @CsvSource({
        "1024, 1, 2",
        "1024, 3, 2",
        "1500, 3, 20",
        "4096, 3, 2",
        "10240, 3, 50",
        "10240, 9, 2",
        "20000, 3, 2",
        "40000, 1, 2",
        "65536, 3, 150",
        "1048576, 3, 2",
        "9223372036854775807, 3, 2",
    })
    void everythingThatCanBeOpenFits(long limit, int nodes, int groups) throws Exception {
        for (Configuration settings : new Configuration[] {
            DEFAULTS,
            Configuration.load(Map.of("databases.open", "1000000", "http.connections", "1"), Map.of(), null),
            Configuration.load(Map.of("databases.open", "4", "http.connections", "1000000"), Map.of(), null)
        }) {
            DescriptorBudget budget = DescriptorBudget.of(settings, limit, nodes, groups);
            assertThat(worst(budget, nodes, groups)).isLessThanOrEqualTo(limit);
            assertThat(budget.settings().get(Settings.OPEN_DATABASES))
                    .isPositive()
                    .isLessThanOrEqualTo(budget.node().databases() / DescriptorBudget.DATABASE);
            assertThat(budget.settings().get(Settings.CONNECTIONS)).isPositive();
        }
    }

    @Test
    void nothingIsLoweredWhereAllFits() throws Exception {
        DescriptorBudget budget = DescriptorBudget.of(DEFAULTS, 524_288, 3, 100);
        assertThat(budget.warning()).isEmpty();
        assertThat(budget.settings()).isSameAs(DEFAULTS);
        assertThat(budget.node().handedOn()).isEqualTo(DescriptorShare.AMPLE.handedOn());
        assertThat(budget.node().nodeConnections()).isEqualTo(DescriptorShare.AMPLE.nodeConnections());
        assertThat(budget.node().uploads()).isEqualTo(DescriptorShare.AMPLE.uploads());
    }

    /// Only databases can be closed for each other: they make room for what cannot be.
    @Test
    void databasesAreLoweredFirst() throws Exception {
        DescriptorBudget budget = DescriptorBudget.of(DEFAULTS, 20_000, 3, 2);
        assertThat(budget.settings().get(Settings.CONNECTIONS)).isEqualTo(2_000);
        assertThat(budget.settings().get(Settings.GROUPS_PER_NODE)).isEqualTo(100);
        assertThat(budget.settings().get(Settings.OPEN_DATABASES)).isBetween(300, 1_000);
        assertThat(budget.warning().orElseThrow())
                .startsWith("the process may have 20000 files and sockets open, and its settings need ")
                .contains("lowered databases.open from 2000 to ")
                .doesNotContain("http.connections");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7})
    void whoRaisesTheLimitAsToldIsNotToldAgain(int nodes) throws Exception {
        String warning =
                DescriptorBudget.of(DEFAULTS, 3_000, nodes, 2).warning().orElseThrow();
        assertThat(warning).contains("databases.open from 2000").contains("http.connections from 2000");
        assertThat(DescriptorBudget.of(DEFAULTS, told(warning), nodes, 2).warning())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"256, 1, 2", "512, 3, 2", "1024, 3, 60"})
    void aLimitThatIsTooSmallIsRefusedWithTheOneThatIsNot(long limit, int nodes, int groups) throws Exception {
        assertThatThrownBy(() -> DescriptorBudget.of(DEFAULTS, limit, nodes, groups))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("the process may have " + limit + " files and sockets open, and skerry needs ")
                .satisfies(e -> {
                    long enough = told(String.valueOf(e.getMessage()));
                    assertThat(worst(DescriptorBudget.of(DEFAULTS, enough, nodes, groups), nodes, groups))
                            .isLessThanOrEqualTo(enough);
                });
    }

    private static long told(String text) {
        Matcher limit = TO_RAISE.matcher(text);
        assertThat(limit.find()).as(text).isTrue();
        assertThat(limit.group(1)).isEqualTo(limit.group(2));
        return Long.parseLong(limit.group(1));
    }
}
