package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryShapeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SELECT a FROM t WHERE b = 'secret' AND c = 42 | SELECT a FROM t WHERE b = ? AND c = ?",
                "INSERT INTO t VALUES (x'00ff', 1.5, -7, 'it''s') | INSERT INTO t VALUES (?, ?.?, -?, ?)",
                "select  \"a 1\", [b 2]\t from t1 /* secret */ -- secret | select \"a 1\", [b 2] from t1",
                "SELECT ?1, :name, @x, $y | SELECT ?1, :name, @x, $y",
                "SELECT 'never closed | SELECT ?",
            })
    void valuesAndCommentsAreLeftOut(String sql, String shape) {
        assertThat(QueryShape.of(sql)).isEqualTo(shape);
    }

    @Test
    void aLongOneIsCutOff() {
        assertThat(QueryShape.of("SELECT " + "a,".repeat(100_000))).hasSize(QueryShape.CHARS_MAX);
        assertThat(QueryShape.of("SELECT " + "a".repeat(100_000))).hasSize(QueryShape.CHARS_MAX);
    }
}
