package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.Authorizer.Decision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorizerTest {
    @TempDir
    Path directory;

    private final Connection db = Connection.openInMemory();
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void listen() {
        db.exec("CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)");
        db.authorizer((action, first, second, schema, trigger) -> {
            asked.add(action + "(" + first + "," + second + "," + schema + ")");
            return Decision.ALLOW;
        });
    }

    @AfterEach
    void close() {
        db.close();
    }

    private List<String> askedFor(String sql) {
        asked.clear();
        db.prepare(sql).close();
        return List.copyOf(asked);
    }

    private void deny(Action denied) {
        db.authorizer((action, first, second, schema, trigger) -> action == denied ? Decision.DENY : Decision.ALLOW);
    }

    @Test
    void tellsActionsAndTheirArguments() {
        assertThat(askedFor("SELECT a FROM t")).containsExactly("SELECT(null,null,null)", "READ(t,a,main)");
        assertThat(askedFor("UPDATE t SET b = 1")).contains("UPDATE(t,b,main)");
        assertThat(askedFor("PRAGMA user_version = 3")).containsExactly("PRAGMA(user_version,3,null)");
        assertThat(askedFor("BEGIN")).containsExactly("TRANSACTION(BEGIN,null,null)");
        assertThat(askedFor("SAVEPOINT s")).containsExactly("SAVEPOINT(BEGIN,s,null)");
        assertThat(askedFor("SELECT abs(1)")).contains("FUNCTION(null,abs,null)");
        assertThat(askedFor("CREATE VIRTUAL TABLE x USING fts5(b)")).contains("CREATE_VTABLE(x,fts5,main)");
        assertThat(askedFor("ATTACH 'other.db' AS o")).containsExactly("ATTACH(other.db,null,null)");
        assertThat(askedFor("DELETE FROM t")).contains("DELETE(t,null,main)");
        assertThat(askedFor("ALTER TABLE t ADD COLUMN c")).contains("ALTER_TABLE(main,t,null)");
    }

    @Test
    void pageAccessIsSeenUnderItsTableName() {
        assertThat(askedFor("SELECT data FROM sqlite_dbpage")).contains("READ(sqlite_dbpage,data,main)");
        assertThat(askedFor("SELECT sql FROM sqlite_schema")).contains("READ(sqlite_master,sql,main)");
    }

    @Test
    void aTableOfWhichNoColumnIsReadArrivesAsItWasWritten() {
        assertThat(askedFor("SELECT 1 FROM main.Sqlite_DbPage")).contains("READ(Sqlite_DbPage,,main)");
        assertThat(askedFor("SELECT 1 FROM sqlite_schema")).contains("READ(sqlite_schema,,null)");
    }

    @Test
    void vacuumIsAskedAboutOnlyWhenItRuns() {
        assertThat(askedFor("VACUUM")).isEmpty();
        asked.clear();
        db.exec("VACUUM");
        assertThat(asked).contains("ATTACH(,null,null)");
        asked.clear();
        Path target = directory.resolve("copy.db");
        db.exec("VACUUM INTO '" + target + "'");
        assertThat(asked).contains("ATTACH(" + target + ",null,null)");
    }

    @Test
    void vacuumIntoCanBeDenied() {
        deny(Action.ATTACH);
        Path target = directory.resolve("copy.db");
        assertThatThrownBy(() -> db.exec("VACUUM INTO '" + target + "'")).isInstanceOf(SqliteException.class);
        assertThat(target).doesNotExist();
    }

    @Test
    void pragmaFunctionsAreAskedAboutAsPragmasOnlyWhenTheyRun() {
        try (Statement select = db.prepare("SELECT * FROM pragma_user_version")) {
            assertThat(asked).noneMatch(action -> action.startsWith("PRAGMA(user_version"));
            select.step();
            assertThat(asked).contains("PRAGMA(user_version,null,null)");
        }
    }

    @Test
    void denyFailsTheStatementAndIgnoreHidesAColumn() {
        deny(Action.READ);
        assertThatThrownBy(() -> db.prepare("SELECT a FROM t"))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.AUTH));
        db.authorizer((action, first, second, schema, trigger) ->
                action == Action.READ && "a".equals(second) ? Decision.IGNORE : Decision.ALLOW);
        try (Statement select = db.prepare("SELECT a, b FROM t")) {
            select.step();
            assertThat(select.columnType(0)).isEqualTo(ValueType.NULL);
            assertThat(select.columnLong(1)).isEqualTo(2);
        }
        db.authorizer(null);
        assertThat(ConnectionTest.number(db, "SELECT a FROM t")).isEqualTo(1);
    }

    @Test
    void anExceptionDeniesAndIsTheCause() {
        IllegalStateException failure = new IllegalStateException("no rules");
        db.authorizer((action, first, second, schema, trigger) -> {
            throw failure;
        });
        assertThatThrownBy(() -> db.prepare("SELECT 1"))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.AUTH))
                .hasCause(failure);
    }

    @Test
    void theAuthorizerCannotUseItsConnection() {
        db.authorizer((action, first, second, schema, trigger) -> {
            db.exec("SELECT 2");
            return Decision.ALLOW;
        });
        assertThatThrownBy(() -> db.prepare("SELECT 1")).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aProgressHandlerEndsAStatementByAnswerOrException() {
        String endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        db.progressHandler(100, () -> false);
        assertThatThrownBy(() -> db.exec(endless))
                .isInstanceOfSatisfying(
                        SqliteException.class, e -> assertThat(e.code()).isEqualTo(ResultCode.INTERRUPT));
        IllegalStateException failure = new IllegalStateException("clock broke");
        db.progressHandler(100, () -> {
            throw failure;
        });
        assertThatThrownBy(() -> db.exec(endless))
                .isInstanceOf(SqliteException.class)
                .hasCause(failure);
        db.progressHandler(0, null);
        db.exec("SELECT 1");
    }
}
