package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.QueryCounts.Query;
import org.junit.jupiter.api.Test;

class QueryCountsTest {

    private final QueryCounts counts = new QueryCounts();

    @Test
    void rowsOfOneTextAreAddedAndTheMostComeFirst() {
        counts.add("SELECT 1", 1, 0);
        counts.add("INSERT", 0, 5);
        counts.add("SELECT 1", 1, 0);
        assertThat(counts.top(10)).containsExactly(new Query("INSERT", 0, 5), new Query("SELECT 1", 2, 0));
        assertThat(counts.take(1)).containsExactly(new Query("INSERT", 0, 5));
        assertThat(counts.top(10)).isEmpty();
    }

    @Test
    void whenThereAreTooManyTheHeaviestAreKept() {
        for (int i = 0; i < 10 * QueryCounts.SHAPES_MAX; i++) {
            counts.add("heavy " + i % 20, 100, 0);
            counts.add("light " + i, 1, 0);
            assertThat(counts.top(Integer.MAX_VALUE).size()).isLessThanOrEqualTo(QueryCounts.SHAPES_MAX);
        }
        assertThat(counts.top(20)).extracting(Query::rowsRead).containsOnly(100L * QueryCounts.SHAPES_MAX / 2);
    }
}
