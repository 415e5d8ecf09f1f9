package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is decided once per process, each in a process of its own.
class SqliteTest {
    @TempDir
    Path directory;

    @Test
    void aMissingLibraryIsExplained() throws Exception {
        Path nowhere = directory.resolve("none.so");
        assertThat(OtherJvm.run(Version.class, List.of("-Dskerry.sqlite.library=" + nowhere)))
                .contains("UnsatisfiedLinkError: the SQLite library " + nowhere + " cannot be loaded");
    }

    @Test
    void theLibraryIsExtractedBelowTheCacheDirectory() throws Exception {
        assertThat(OtherJvm.run(Version.class, List.of("-Duser.home=" + directory)))
                .contains("3.54.1");
    }

    @Test
    void memoryIsCountedAndLimitedOnRequest() throws Exception {
        String option = "-D" + Sqlite.MEMORY_ACCOUNTING_PROPERTY + "=true";
        assertThat(OtherJvm.run(Memory.class, List.of(option)))
                .contains("used", "given back", "SQLITE_NOMEM", "goes on: 1");
        assertThat(Sqlite.memoryUsed()).as("not counted without the property").isZero();
    }

    static final class Version {
        private Version() {}

        public static void main(String[] args) {
            System.out.println(Sqlite.version());
        }
    }

    static final class Memory {
        private Memory() {}

        public static void main(String[] args) {
            try (Connection db = Connection.openInMemory()) {
                db.exec("CREATE TABLE t(a)");
                System.out.println(Sqlite.memoryUsed() > 0 ? "used" : "nothing");
                // A long text is not kept by the connection that it was prepared on.
                long before = Sqlite.memoryUsed();
                db.prepare("SELECT 1" + " ".repeat(500_000)).close();
                System.out.println(Sqlite.memoryUsed() - before < 100_000 ? "given back" : "kept");
                Sqlite.limitMemory(2_000_000);
                try {
                    db.exec("SELECT randomblob(1000000)" + ", randomblob(1000000)".repeat(100));
                } catch (SqliteException e) {
                    System.out.println(e.codeName());
                }
                db.exec("INSERT INTO t VALUES (1)");
                try (Statement count = db.prepare("SELECT count(*) FROM t")) {
                    count.step();
                    System.out.println("goes on: " + count.columnLong(0));
                }
            }
        }
    }
}
