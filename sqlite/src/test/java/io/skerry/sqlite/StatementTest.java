package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatementTest {
    private final Connection db = Connection.openInMemory();

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void everyTypeComesBackAsItWasBound() {
        try (Statement select = db.prepare("SELECT ?, ?, ?, ?, ?, ?, ?")) {
            select.bindNull(1);
            select.bindLong(2, Long.MIN_VALUE);
            select.bindDouble(3, -0.1);
            select.bindText(4, "grüße \uD83D\uDC26");
            select.bindBlob(5, new byte[] {0, -1, 2});
            select.bindText(6, "");
            select.bindBlob(7, new byte[0]);

            assertThat(select.step()).isTrue();
            List<ValueType> types = new ArrayList<>();
            for (int i = 0; i < select.columnCount(); i++) {
                types.add(select.columnType(i));
            }
            assertThat(types)
                    .containsExactly(
                            ValueType.NULL,
                            ValueType.INTEGER,
                            ValueType.REAL,
                            ValueType.TEXT,
                            ValueType.BLOB,
                            ValueType.TEXT,
                            ValueType.BLOB);
            assertThat(select.columnText(0)).isNull();
            assertThat(select.columnBlob(0)).isNull();
            assertThat(select.columnLong(1)).isEqualTo(Long.MIN_VALUE);
            assertThat(select.columnDouble(2)).isEqualTo(-0.1);
            assertThat(select.columnText(3)).isEqualTo("grüße \uD83D\uDC26");
            assertThat(select.byteLength(3)).isEqualTo(12);
            assertThat(select.columnBlob(4)).containsExactly(0, -1, 2);
            assertThat(select.columnText(5)).isEmpty();
            assertThat(select.columnBlob(6)).isEmpty();
            assertThat(select.step()).isFalse();
        }
    }

    @Test
    void textWithZeroCharactersKeepsItsLength() {
        try (Statement select = db.prepare("SELECT ?1, length(CAST(?1 AS BLOB))")) {
            select.bindText(1, "a\0b");
            select.step();
            assertThat(select.columnText(0)).isEqualTo("a\0b");
            assertThat(select.columnLong(1)).isEqualTo(3);
        }
    }

    @Test
    void bindsTheGivenPartOfAnArray() {
        byte[] bytes = "xxabcxx".getBytes(StandardCharsets.UTF_8);
        try (Statement select = db.prepare("SELECT ?, ?")) {
            select.bindTextUtf8(1, bytes, 2, 3);
            select.bindBlob(2, bytes, 2, 3);
            // SQLite must have its own copy by now.
            Arrays.fill(bytes, (byte) 'z');
            select.step();
            assertThat(select.columnText(0)).isEqualTo("abc");
            assertThat(select.columnBlob(1)).containsExactly('a', 'b', 'c');
        }
    }

    @Test
    void valuesTooLargeForTheHeapPathComeBackToo() {
        byte[] large = new byte[1 << 20];
        Arrays.fill(large, (byte) 'q');
        large[large.length - 1] = 'r';
        try (Statement select = db.prepare("SELECT ?, ?")) {
            select.bindBlob(1, large);
            select.bindTextUtf8(2, large, 0, large.length);
            select.step();
            assertThat(select.columnBlob(0)).isEqualTo(large);
            assertThat(select.columnText(1)).isEqualTo(new String(large, StandardCharsets.UTF_8));
        }
    }

    @Test
    void copiesIntoACallersArrayAndRefusesOneTooShort() {
        try (Statement select = db.prepare("SELECT 'abc'")) {
            select.step();
            byte[] target = new byte[5];
            assertThat(select.copyTo(0, target, 2)).isEqualTo(3);
            assertThat(target).containsExactly(0, 0, 'a', 'b', 'c');
            assertThatThrownBy(() -> select.copyTo(0, target, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void utf16DatabasesGiveUtf8() {
        db.exec("PRAGMA encoding='UTF-16'; CREATE TABLE t(a); INSERT INTO t VALUES('grüße')");
        try (Statement select = db.prepare("SELECT a FROM t")) {
            select.step();
            assertThat(select.byteLength(0)).isEqualTo(7);
            assertThat(select.columnText(0)).isEqualTo("grüße");
        }
    }

    @Test
    void parametersHaveNamesAndPositions() {
        try (Statement select = db.prepare("SELECT :a, @b, $c, ?7, ?")) {
            assertThat(select.parameterCount()).isEqualTo(8);
            assertThat(select.parameterName(1)).isEqualTo(":a");
            assertThat(select.parameterName(2)).isEqualTo("@b");
            assertThat(select.parameterName(3)).isEqualTo("$c");
            assertThat(select.parameterName(4)).isNull();
            assertThat(select.parameterName(7)).isEqualTo("?7");
        }
    }

    @Test
    void bindingBeyondTheParametersIsAnError() {
        try (Statement select = db.prepare("SELECT ?")) {
            assertThatThrownBy(() -> select.bindLong(2, 1))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.RANGE));
            assertThatThrownBy(() -> select.bindText(0, "x")).isInstanceOf(SqliteException.class);
        }
    }

    @Test
    void bindingAHalfRunStatementIsAnError() {
        try (Statement select = db.prepare("SELECT ?1 UNION ALL SELECT ?1")) {
            select.bindLong(1, 1);
            select.step();
            assertThatThrownBy(() -> select.bindLong(1, 2))
                    .isInstanceOfSatisfying(
                            SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.MISUSE));
        }
    }

    @Test
    void bindingsStayOverResetUntilCleared() {
        try (Statement select = db.prepare("SELECT ?")) {
            select.bindLong(1, 5);
            select.step();
            select.reset();
            select.step();
            assertThat(select.columnLong(0)).isEqualTo(5);
            select.reset();
            select.clearBindings();
            select.step();
            assertThat(select.columnType(0)).isEqualTo(ValueType.NULL);
        }
    }

    @Test
    void columnsHaveNamesAndDeclaredTypes() {
        db.exec("CREATE TABLE t(a INTEGER PRIMARY KEY, b VARCHAR(10), c)");
        try (Statement select = db.prepare("SELECT a, b AS bee, c, a + 1 FROM t")) {
            assertThat(select.columnCount()).isEqualTo(4);
            assertThat(select.columnName(1)).isEqualTo("bee");
            assertThat(select.columnDecltype(0)).isEqualTo("INTEGER");
            assertThat(select.columnDecltype(1)).isEqualTo("VARCHAR(10)");
            assertThat(select.columnDecltype(2)).isNull();
            assertThat(select.columnDecltype(3)).isNull();
            assertThatThrownBy(() -> select.columnName(4)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void columnsKnowTheTableThatTheyCameFrom() {
        db.exec("CREATE TABLE t(a, b); CREATE VIEW v AS SELECT b AS bee FROM t AS other");
        db.exec("ATTACH ':memory:' AS aux; CREATE TABLE aux.u(c)");
        try (Statement select = db.prepare(
                "SELECT x.a AS one, v.bee, y.d, y.d + 1, x.rowid FROM t AS x, v, (SELECT c AS d FROM u) AS y")) {
            assertThat(origins(select)).containsExactly("main.t.a", "main.t.b", "aux.u.c", null, "main.t.rowid");
            assertThat(select.columnName(0)).isEqualTo("one");
            assertThat(select.columnOriginName(5)).isNull();
            assertThat(select.columnTableName(-1)).isNull();
            assertThat(select.columnDatabaseName(5)).isNull();
        }
        try (Statement insert = db.prepare("INSERT INTO t VALUES (1, 2)")) {
            assertThat(insert.columnOriginName(0)).isNull();
        }
    }

    private static List<@Nullable String> origins(Statement select) {
        List<@Nullable String> origins = new ArrayList<>();
        for (int i = 0; i < select.columnCount(); i++) {
            String database = select.columnDatabaseName(i);
            origins.add(
                    database == null
                            ? null
                            : database + "." + select.columnTableName(i) + "." + select.columnOriginName(i));
        }
        return origins;
    }

    @Test
    void aStatementTellsWhatItIs() {
        db.exec("CREATE TABLE t(a)");
        try (Statement select = db.prepare("SELECT a FROM t WHERE a = 5");
                Statement insert = db.prepare("INSERT INTO t VALUES (1)");
                Statement explain = db.prepare("EXPLAIN SELECT 1")) {
            assertThat(select.readonly()).isTrue();
            assertThat(insert.readonly()).isFalse();
            assertThat(select.isExplain()).isFalse();
            assertThat(explain.isExplain()).isTrue();
            assertThat(select.sql()).isEqualTo("SELECT a FROM t WHERE a = 5");
        }
    }

    @Test
    void countersCountAndStartAgain() {
        db.exec("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)");
        try (Statement select = db.prepare("SELECT sum(a) FROM t")) {
            select.step();
            assertThat(select.stmtStatus(StatementStatus.FULLSCAN_STEP, false)).isEqualTo(2);
            assertThat(select.stmtStatus(StatementStatus.VM_STEP, true)).isPositive();
            assertThat(select.stmtStatus(StatementStatus.VM_STEP, false)).isZero();
        }
    }

    @Test
    void anErrorOfStepIsThrownOnceAndResetMakesTheStatementUsable() {
        db.exec("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES (1)");
        try (Statement insert = db.prepare("INSERT INTO t VALUES (?)")) {
            insert.bindLong(1, 1);
            assertThatThrownBy(insert::step).isInstanceOfSatisfying(SqliteException.class, e -> {
                assertThat(e.code()).isEqualTo(ResultCode.CONSTRAINT);
                assertThat(e.codeName()).isEqualTo("SQLITE_CONSTRAINT_UNIQUE");
                assertThat(e).hasMessage("UNIQUE constraint failed: t.a");
            });
            insert.reset();
            insert.bindLong(1, 2);
            assertThat(insert.step()).isFalse();
        }
    }

    @Test
    void columnsCannotBeReadWithoutARow() {
        try (Statement select = db.prepare("SELECT 1")) {
            assertThatThrownBy(() -> select.columnLong(0)).isInstanceOf(IllegalStateException.class);
            select.step();
            assertThat(select.columnLong(0)).isEqualTo(1);
            select.step();
            assertThatThrownBy(() -> select.columnLong(0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void statementsDieWithTheirConnection() {
        Statement first = db.prepare("SELECT 1");
        Statement second = db.prepare("SELECT 2");
        Statement third = db.prepare("SELECT 3");
        third.step();
        second.close();
        db.close();
        assertThatThrownBy(first::step).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> third.columnLong(0)).isInstanceOf(IllegalStateException.class);
        first.close();
        third.close();
    }
}
