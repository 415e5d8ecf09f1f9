package io.skerry.catalog.testing;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A database file of a few pages.
public final class SmallFile {

    private SmallFile() {}

    public static byte[] bytes() {
        return bytes("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    }

    /// @param sql that makes it
    public static byte[] bytes(String sql) {
        try {
            Path file = Files.createTempFile("small", ".db");
            try {
                try (Connection connection = Connection.open(file, OpenMode.READ_WRITE)) {
                    connection.exec(sql);
                }
                return Files.readAllBytes(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
