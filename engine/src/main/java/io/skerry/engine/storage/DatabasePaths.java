package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The files of one database. Their names come from the id alone.
record DatabasePaths(Path directory, DatabaseId id) {

    static final String FILE = ".db";
    static final String WAL = ".db-wal";
    static final String SHM = ".db-shm";
    static final String JOURNAL = ".db-journal";
    static final String POSITION = ".position";

    /// Whether a file of a group's directory whose name ends so, after the id, belongs to a database.
    static boolean isOurs(String suffix) {
        return switch (suffix) {
            case FILE, WAL, SHM, JOURNAL, POSITION, POSITION + ".next" -> true;
            default -> false;
        };
    }

    Path file() {
        return directory.resolve(id + FILE);
    }

    Path wal() {
        return directory.resolve(id + WAL);
    }

    PositionFile position() {
        return new PositionFile(directory, id);
    }

    /// Deletes what SQLite keeps beside the file. Nobody may have the database open. Whatever it holds that
    /// was acknowledged is in the log.
    void deleteWal() {
        delete(wal());
        delete(directory.resolve(id + SHM));
        delete(directory.resolve(id + JOURNAL));
    }

    /// A database that nobody has open has no WAL: what might be in one is not what the file and the log say.
    void requireNoWal() {
        try {
            if (Files.exists(wal()) && Files.size(wal()) > 0) {
                throw new DatabaseException(Code.UNAVAILABLE, "database " + id + " was closed with a WAL left");
            }
        } catch (IOException e) {
            throw IoFailure.of("look at", wal(), e);
        }
    }

    /// Deletes every file of the database, the position first: what is left after a crash is an orphan, and
    /// swept.
    void deleteAll() {
        position().delete();
        deleteWal();
        delete(file());
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw IoFailure.of("delete", path, e);
        }
    }
}
