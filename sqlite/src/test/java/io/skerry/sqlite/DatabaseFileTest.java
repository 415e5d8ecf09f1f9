package io.skerry.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reading the file through SQLite's handle keeps the locks that keep other processes out.
class DatabaseFileTest {
    @TempDir
    Path directory;

    private Path file;
    private Connection db;

    @BeforeEach
    void open() {
        file = directory.resolve("a.db");
        db = Connection.open(file, OpenMode.CREATE, "unix-excl");
        db.exec("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES (randomblob(100000))");
        db.checkpoint("main", CheckpointMode.TRUNCATE);
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void readsTheFilesBytesAndKeepsTheLock() throws Exception {
        byte[] read = new byte[Math.toIntExact(db.files().size()) + 10];
        db.files().read(0, read, 0, read.length);
        assertThat(new String(read, 0, 15, StandardCharsets.UTF_8)).isEqualTo("SQLite format 3");
        assertThat(otherProcessReads()).contains("SQLITE_BUSY");

        byte[] onDisk = Files.readAllBytes(file);
        assertThat(db.files().size()).isEqualTo(onDisk.length);
        byte[] expected = new byte[read.length];
        System.arraycopy(onDisk, 0, expected, 0, onDisk.length);
        assertThat(read).isEqualTo(expected);
    }

    /// Not what anybody wants: it proves that the test above would notice.
    @Test
    void closingASecondDescriptorLetsOtherProcessesIn() throws Exception {
        Files.readAllBytes(file);
        assertThat(otherProcessReads()).contains("1 row");
    }

    @Test
    void readsAPartAtAPosition() {
        byte[] target = new byte[8];
        db.files().read(7, target, 2, 6);
        assertThat(new String(target, 2, 6, StandardCharsets.UTF_8)).isEqualTo("format");
        assertThatThrownBy(() -> db.files().read(0, target, 5, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aDatabaseInMemoryHasNoFileToRead() {
        try (Connection memory = Connection.openInMemory()) {
            assertThatThrownBy(() -> memory.files().size()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theAddressOfTheWalIsThatOfAnOpenFile() {
        assertThat(db.files().walAddress()).isNotZero();
    }

    private String otherProcessReads() throws IOException, InterruptedException {
        return OtherJvm.run(OtherProcess.class, List.of(), file.toString());
    }

    static final class OtherProcess {
        private OtherProcess() {}

        public static void main(String[] args) {
            try (Connection db = Connection.open(Path.of(args[0]), OpenMode.READ_WRITE, "unix-excl")) {
                System.out.println(ConnectionTest.number(db, "SELECT count(*) FROM t") + " row");
            } catch (SqliteException e) {
                System.out.println(e.codeName());
            }
        }
    }
}
