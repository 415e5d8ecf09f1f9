package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What SQLite would not survive is an exception, whichever method it is: use after the end, and by two
/// threads at once. A new method is missing here until it is added.
class HandlesTest {

    private interface Use<T> {
        void of(T handle);
    }

    private static final byte[] LARGE = new byte[300_000];

    private static final Map<String, Use<Connection>> CONNECTION = Map.ofEntries(
            Map.entry("prepare", db -> db.prepare("SELECT 1")),
            Map.entry("exec", db -> db.exec("SELECT 1")),
            Map.entry("script", db -> {
                try (Script script = db.script("SELECT 1")) {
                    script.next();
                }
            }),
            Map.entry("autocommit", Connection::autocommit),
            Map.entry("changes", Connection::changes),
            Map.entry("totalChanges", Connection::totalChanges),
            Map.entry("lastInsertRowid", Connection::lastInsertRowid),
            Map.entry("setLastInsertRowid", db -> db.setLastInsertRowid(1)),
            Map.entry("limit", db -> db.limit(Limit.COLUMN, -1)),
            Map.entry("dbConfig", db -> db.dbConfig(DbConfig.DEFENSIVE, true)),
            Map.entry("lookaside", db -> db.lookaside(0, 0)),
            Map.entry("dbStatus", db -> db.dbStatus(DbStatus.CACHE_USED)),
            Map.entry("authorizer", db -> db.authorizer(null)),
            Map.entry("progressHandler", db -> db.progressHandler(0, null)),
            Map.entry("checkpoint", db -> db.checkpoint(null, CheckpointMode.FULL)),
            Map.entry("snapshot", db -> db.snapshot("main")));
    /// They use nothing of SQLite, or may be called at any time.
    private static final Set<String> FREE = Set.of("file", "files", "interrupt", "isOpen", "close");

    private static final Map<String, Use<Statement>> STATEMENT = Map.ofEntries(
            Map.entry("step", Statement::step),
            Map.entry("reset", Statement::reset),
            Map.entry("bindNull", statement -> statement.bindNull(1)),
            Map.entry("bindLong", statement -> statement.bindLong(1, 1)),
            Map.entry("bindDouble", statement -> statement.bindDouble(1, 1)),
            Map.entry("bindText", statement -> statement.bindText(1, "x")),
            Map.entry("bindTextUtf8", statement -> statement.bindTextUtf8(1, LARGE, 0, LARGE.length)),
            Map.entry("bindBlob", statement -> statement.bindBlob(1, LARGE)),
            Map.entry("clearBindings", Statement::clearBindings),
            Map.entry("parameterCount", Statement::parameterCount),
            Map.entry("parameterName", statement -> statement.parameterName(1)),
            Map.entry("columnCount", Statement::columnCount),
            Map.entry("columnName", statement -> statement.columnName(0)),
            Map.entry("columnDecltype", statement -> statement.columnDecltype(0)),
            Map.entry("columnDatabaseName", statement -> statement.columnDatabaseName(0)),
            Map.entry("columnTableName", statement -> statement.columnTableName(0)),
            Map.entry("columnOriginName", statement -> statement.columnOriginName(0)),
            Map.entry("columnType", statement -> statement.columnType(0)),
            Map.entry("columnLong", statement -> statement.columnLong(0)),
            Map.entry("columnDouble", statement -> statement.columnDouble(0)),
            Map.entry("columnText", statement -> statement.columnText(0)),
            Map.entry("columnBlob", statement -> statement.columnBlob(0)),
            Map.entry("byteLength", statement -> statement.byteLength(0)),
            Map.entry("copyTo", statement -> statement.copyTo(0, LARGE, 0)),
            Map.entry("readonly", Statement::readonly),
            Map.entry("isExplain", Statement::isExplain),
            Map.entry("sql", Statement::sql),
            Map.entry("stmtStatus", statement -> statement.stmtStatus(StatementStatus.VM_STEP, false)));

    private static final Map<String, Use<Script>> SCRIPT = Map.of("next", Script::next);

    private static final Map<String, Use<OpenFiles>> FILES = Map.of(
            "walAddress", OpenFiles::walAddress,
            "read", files -> files.read(0, LARGE, 0, 1),
            "size", OpenFiles::size);

    private static final Map<String, Use<Backup>> BACKUP = Map.of(
            "step", backup -> backup.step(1),
            "remaining", Backup::remaining,
            "pageCount", Backup::pageCount);

    @TempDir
    Path directory;

    @Test
    void everyMethodIsHere() {
        assertThat(Stream.concat(CONNECTION.keySet().stream(), FREE.stream()))
                .containsExactlyInAnyOrderElementsOf(methods(Connection.class));
        assertThat(methods(Statement.class)).isEqualTo(with(STATEMENT.keySet(), "close"));
        assertThat(methods(Script.class)).isEqualTo(with(SCRIPT.keySet(), "close"));
        assertThat(methods(OpenFiles.class)).isEqualTo(FILES.keySet());
        assertThat(methods(Backup.class)).isEqualTo(with(BACKUP.keySet(), "close"));
    }

    private static Set<String> methods(Class<?> handle) {
        return Arrays.stream(handle.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    private static Set<String> with(Set<String> names, String one) {
        return Stream.concat(names.stream(), Stream.of(one)).collect(Collectors.toSet());
    }

    @Test
    void afterItsEndAHandleRefusesEveryUse() {
        Connection db = Connection.open(directory.resolve("a.db"), OpenMode.CREATE);
        Connection copy = Connection.openInMemory();
        Statement statement = db.prepare("SELECT ?");
        statement.step();
        statement.close();
        statement.close();
        refuses("closed", STATEMENT, statement);
        Script script = db.script("SELECT 1");
        script.close();
        script.close();
        refuses("closed", SCRIPT, script);
        Backup backup = Backup.begin(db, copy);
        backup.close();
        backup.close();
        refuses("closed", BACKUP, backup);

        Statement orphan = db.prepare("SELECT ?");
        orphan.step();
        try (Script left = db.script("SELECT 1")) {
            Backup unfinished = Backup.begin(db, copy);
            db.close();
            refuses("closed", SCRIPT, left);
            refuses("closed", BACKUP, unfinished);
        }
        refuses("closed", STATEMENT, orphan);
        refuses("closed", FILES, db.files());
        refuses("closed", CONNECTION, db);
        copy.close();
    }

    @Test
    void whatAnotherThreadIsInsideOfIsRefused() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        try (Connection db = Connection.open(directory.resolve("a.db"), OpenMode.CREATE);
                Connection copy = Connection.openInMemory();
                Statement statement = db.prepare("SELECT ?");
                Script script = db.script("SELECT 1");
                Backup backup = Backup.begin(db, copy)) {
            db.progressHandler(1, () -> {
                inside.countDown();
                try {
                    leave.await();
                } catch (InterruptedException e) {
                    return false;
                }
                return true;
            });
            FutureTask<Void> running = new FutureTask<>(() -> db.exec("SELECT 1"), null);
            Thread.ofPlatform().start(running);
            inside.await();
            try {
                refuses("thread", CONNECTION, db);
                refuses("thread", STATEMENT, statement);
                refuses("thread", SCRIPT, script);
                refuses("thread", FILES, db.files());
                refuses("thread", BACKUP, backup);
                assertThatThrownBy(db::close).hasMessageContaining("two threads");
                assertThatThrownBy(statement::close).hasMessageContaining("two threads");
                assertThatThrownBy(script::close).hasMessageContaining("two threads");
                assertThatThrownBy(backup::close).hasMessageContaining("two threads");
                // It belongs to the backup, which this connection is part of.
                assertThatThrownBy(copy::close).hasMessageContaining("two threads");
            } finally {
                leave.countDown();
            }
            running.get();
            db.progressHandler(0, null);
            // Nothing of it had come to its end.
            statement.step();
            assertThat(script.next()).isNotNull();
            assertThat(backup.step(-1)).isFalse();
        }
    }

    private static <T> void refuses(String word, Map<String, Use<T>> uses, T handle) {
        uses.forEach((name, use) -> assertThatThrownBy(() -> use.of(handle))
                .as(name)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(word));
    }
}
