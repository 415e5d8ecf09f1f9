package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SqlTextProperties {

    private static final List<String> STATEMENTS = List.of(
            "SELECT 1",
            "INSERT INTO t VALUES ('a;''b', \"c;\", x'3b')",
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; SELECT ';'; END",
            "WITH a AS (SELECT ';') DELETE FROM a",
            "BEGIN IMMEDIATE");

    @Provide
    Arbitrary<List<String>> statements() {
        return Arbitraries.of(STATEMENTS).list().ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> separators() {
        return Arbitraries.of(";", " ;\n", ";;", "; -- end;\n", "/* ; */;", "\t;\n\n/**/");
    }

    @Property
    void aScriptIsCutIntoWhatItWasMadeOf(
            @ForAll("statements") List<String> statements, @ForAll("separators") String separator) {
        assertThat(SqlText.script(String.join(separator, statements)))
                .extracting(SqlText::text)
                .containsExactlyElementsOf(statements);
    }

    @Property
    void noTextIsTooStrange(@ForAll String text) {
        for (var statement : SqlText.script(text)) {
            assertThat(text).contains(statement.text());
        }
    }
}
