package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrepareTest {
    private final Connection db = Connection.openInMemory();

    @AfterEach
    void close() {
        db.close();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void tailsLeadThroughATextInBytes() {
        byte[] text = utf8("SELECT 'ü'; SELECT 2 ; -- end");
        Prepared first = db.prepare(text, 0, text.length, true);
        assertThat(first.statement()).isNotNull();
        assertThat(first.tail()).isEqualTo(utf8("SELECT 'ü';").length);
        Prepared second = db.prepare(text, first.tail(), text.length - first.tail(), false);
        assertThat(second.statement()).isNotNull().extracting(Statement::sql).isEqualTo(" SELECT 2 ;");
        Prepared third = db.prepare(text, second.tail(), text.length - second.tail(), false);
        assertThat(third.statement()).isNull();
        assertThat(third.tail()).isEqualTo(text.length);
    }

    @Test
    void emptyTextAndCommentsGiveNoStatement() {
        for (String nothing : List.of("", "  \n", "-- only a comment", "/* open", ";")) {
            Prepared prepared = db.prepare(utf8(nothing), 0, utf8(nothing).length, false);
            assertThat(prepared.statement()).as(nothing).isNull();
            assertThat(prepared.tail()).as(nothing).isEqualTo(utf8(nothing).length);
        }
    }

    @Test
    void onlyTheGivenPartOfTheArrayIsRead() {
        byte[] text = utf8("xxSELECT 1yy");
        Prepared prepared = db.prepare(text, 2, 8, false);
        assertThat(prepared.statement()).isNotNull().extracting(Statement::sql).isEqualTo("SELECT 1");
        assertThat(prepared.tail()).isEqualTo(10);
    }

    @Test
    void prepareOfAStringWantsExactlyOneStatement() {
        db.prepare("SELECT 1; -- and a comment").close();
        assertThatThrownBy(() -> db.prepare("SELECT 1; SELECT 2")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> db.prepare(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> db.prepare("SELECT 1; nonsense")).isInstanceOf(SqliteException.class);
    }

    @Test
    void errorsPointIntoTheText() {
        byte[] text = utf8("SELECT 1; SELECT ü FROM nowhere");
        assertThatThrownBy(() -> db.prepare(text, 9, text.length - 9, false))
                .isInstanceOfSatisfying(SqliteException.class, e -> {
                    assertThat(e.code()).isEqualTo(ResultCode.ERROR);
                    assertThat(e.offset()).isEqualTo(-1);
                });
        assertThatThrownBy(() -> db.exec("SELECT 1; SELECT nothing"))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.offset()).isEqualTo(17));
        assertThatThrownBy(() -> db.prepare("SELECT 'ü' FRM x"))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.offset()).isEqualTo(utf8("SELECT 'ü' FRM ").length));
    }

    @Test
    void aZeroCharacterInSqlIsAnErrorAndNotAnEnd() {
        assertThatThrownBy(() -> db.prepare("SELECT 1 \0 ; DROP TABLE t"))
                .isInstanceOf(SqliteException.class)
                .hasMessageContaining("zero character");
        assertThatThrownBy(() -> db.exec("SELECT 1;\0")).isInstanceOf(SqliteException.class);
    }

    @Test
    void aScriptPreparesEachStatementAfterTheOneBefore() {
        List<String> seen = new ArrayList<>();
        try (Script script = db.script("CREATE TABLE t(a); /* then */ INSERT INTO t VALUES (1); ;\n-- end")) {
            for (Statement next = script.next(); next != null; next = script.next()) {
                try (Statement statement = next) {
                    seen.add(statement.sql().strip());
                    statement.step();
                }
            }
            assertThat(script.next()).isNull();
        }
        assertThat(seen).containsExactly("CREATE TABLE t(a);", "/* then */ INSERT INTO t VALUES (1);");
    }

    @Test
    void aStatementIsPreparedAgainWhenTheSchemaChanges() {
        db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1)");
        try (Statement select = db.prepare("SELECT * FROM t")) {
            assertThat(select.columnCount()).isEqualTo(1);
            db.exec("ALTER TABLE t ADD COLUMN b DEFAULT 2");
            select.step();
            assertThat(select.columnCount()).isEqualTo(2);
            assertThat(select.columnLong(1)).isEqualTo(2);
        }
    }
}
