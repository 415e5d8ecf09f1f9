package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {

    @Test
    void statementsEndWithSemicolonsThatAreNotInTextsOrComments() {
        assertThat(SqlScript.of("/* a; */ SELECT ';' ; ;INSERT INTO t VALUES (\"x;\") -- end;\n; SELECT 2"))
                .isEqualTo(new SqlScript(List.of("SELECT ';'", "INSERT INTO t VALUES (\"x;\")"), " SELECT 2"));
    }

    @Test
    void aTriggerEndsWithItsBody() {
        String trigger = "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u; SELECT 1; END";
        assertThat(SqlScript.of(trigger + ";\n")).isEqualTo(new SqlScript(List.of(trigger), ""));
        String begun = "CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM u;";
        assertThat(SqlScript.of(begun)).isEqualTo(new SqlScript(List.of(), begun));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 'a;", "SELECT 1", "/* not closed; ", "SELECT 1 -- ;", "SELECT [a;", ";/*"})
    void whatIsNotCompleteIsLeft(String text) {
        assertThat(SqlScript.of(text).statements()).isEmpty();
        assertThat(SqlScript.of(text).rest()).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", ";;", "-- a comment; ", "/* one */ -- two", "; /* a */"})
    void nothingIsLeftOfCommentsAndSpace(String text) {
        assertThat(SqlScript.of(text)).isEqualTo(new SqlScript(List.of(), ""));
    }
}
