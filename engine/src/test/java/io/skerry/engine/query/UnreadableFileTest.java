package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What SQLite refuses is told with a code, wherever it refuses it.
@Timeout(120)
class UnreadableFileTest {

    @TempDir
    private Path directory;

    @Test
    void aFileThatCannotBeOpenedIsToldWithACode() {
        try (var node = new Node(directory)) {
            node.file.onOpenReader = () -> {
                throw new SqliteException(ResultCode.NOTADB.value(), "file is not a database");
            };
            assertTold(() -> node.database.read(connection -> true), ResultCode.NOTADB);
            assertTold(() -> Node.run(node.session(), "BEGIN"), ResultCode.NOTADB);
            assertThat(node.database.idle()).isTrue();
        }
    }

    @Test
    void aReadThatFailsIsToldWithACode() {
        try (var node = new Node(directory)) {
            assertTold(
                    () -> node.database.read(connection -> {
                        connection.exec("SELECT * FROM missing");
                        return true;
                    }),
                    ResultCode.ERROR);
        }
    }

    private static void assertTold(ThrowingCallable work, ResultCode why) {
        assertThatThrownBy(work).isInstanceOfSatisfying(DatabaseException.class, e -> {
            assertThat(e.code()).isEqualTo(Code.SQLITE);
            assertThat(e.sqliteCode()).isEqualTo(why.value());
        });
    }
}
