package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.CheckpointMode;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import io.skerry.sqlite.ffi.NativeFile;
import io.skerry.sqlite.vfs.BarrierVfs;
import java.io.IOException;
import java.nio.file.Files;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the connections of one database, each kind with the settings that keep it within its rights. All go
/// through the VFS with the barrier, so that no connection can commit around it, and find the database file
/// locked for other processes.
final class DatabaseConnections implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseConnections.class);

    private final DatabasePaths paths;
    private final int pageSize;
    private final long walBytes;
    private final CommitBarrier barrier;

    /// @param walBytes what a WAL that begins anew is cut to, if a reader had made it larger
    DatabaseConnections(DatabasePaths paths, int pageSize, long walBytes, CommitBarrier barrier) {
        this.paths = paths;
        this.pageSize = pageSize;
        this.walBytes = walBytes;
        this.barrier = barrier;
        BarrierVfs.attach(paths.file(), barrier);
    }

    int pageSize() {
        return pageSize;
    }

    /// Makes an empty database of a file that is not there: only now the page size can be chosen. Nothing of
    /// this has to be durable or in the log, whose first entry holds every page.
    void createIfMissing() {
        try {
            if (Files.notExists(paths.file()) || Files.size(paths.file()) == 0) {
                create();
            }
        } catch (IOException e) {
            throw IoFailure.of("open", paths.file(), e);
        }
    }

    private void create() {
        try (Connection connection = open(OpenMode.CREATE)) {
            connection.exec("PRAGMA synchronous=OFF; PRAGMA page_size=" + pageSize);
            try (Statement mode = connection.prepare("PRAGMA journal_mode=WAL")) {
                if (!mode.step() || !"wal".equals(mode.columnText(0))) {
                    throw new DatabaseException(
                            Code.INTERNAL,
                            "SQLite does not use a WAL for " + paths.file().getFileName());
                }
            }
        }
    }

    Connection writer() {
        return configured("PRAGMA cache_size=-256; PRAGMA journal_size_limit=" + walBytes);
    }

    Connection reader() {
        return configured("PRAGMA query_only=1; PRAGMA cache_size=-64");
    }

    /// Attaches the file to a connection of another database.
    void attachTo(Connection host, String alias) {
        try (Statement attach = host.prepare("ATTACH ?1 AS ?2")) {
            attach.bindText(1, paths.file().toAbsolutePath().toString());
            attach.bindText(2, alias);
            attach.step();
        } catch (SqliteException e) {
            throw withoutPath(e);
        }
    }

    /// What reaches clients does not say where files lie.
    private SqliteException withoutPath(SqliteException e) {
        String path = paths.file().toAbsolutePath().toString();
        String message = String.valueOf(e.getMessage());
        if (!message.contains(path)) {
            return e;
        }
        LOG.warn("database {}: {}", paths.id(), message);
        SqliteException told = new SqliteException(
                e.extendedCode(),
                message.replace(path, paths.file().getFileName().toString()));
        told.initCause(e);
        return told;
    }

    private Connection configured(String pragmas) {
        Connection connection = open(OpenMode.READ_WRITE);
        try {
            connection.dbConfig(DbConfig.DEFENSIVE, true);
            connection.exec("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; " + pragmas);
            return connection;
        } catch (SqliteException e) {
            connection.close();
            throw e;
        }
    }

    private Connection open(OpenMode mode) {
        Connection connection = Connection.open(paths.file(), mode, BarrierVfs.NAME);
        connection.lookaside(0, 0);
        connection.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
        // Whatever is attached to it: it is not there to write to other files.
        connection.dbConfig(DbConfig.ENABLE_ATTACH_CREATE, false);
        connection.dbConfig(DbConfig.ENABLE_ATTACH_WRITE, false);
        return connection;
    }

    /// A connection for [PageApplier]: the file is attached, and its commits pass without a sync, as they are
    /// in the log already.
    ///
    /// @param reader of the same file
    Connection applier(Connection reader) {
        Connection connection = Connection.openInMemory(BarrierVfs.NAME);
        try {
            connection.lookaside(0, 0);
            connection.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
            // SQLite attaches a file only to a database whose texts are encoded as those of the file are.
            connection.exec("PRAGMA encoding='" + encoding(reader) + "'");
            try (Statement attach = connection.prepare("ATTACH ?1 AS r")) {
                attach.bindText(1, paths.file().toAbsolutePath().toString());
                attach.step();
            }
            connection.exec("PRAGMA r.synchronous=OFF; PRAGMA wal_autocheckpoint=0; PRAGMA r.cache_size=-64;"
                    + " PRAGMA r.journal_size_limit=" + walBytes);
            return connection;
        } catch (SqliteException e) {
            connection.close();
            throw withoutPath(e);
        }
    }

    private static String encoding(Connection reader) {
        try (Statement encoding = reader.prepare("PRAGMA encoding")) {
            encoding.step();
            return String.valueOf(encoding.columnText(0));
        }
    }

    /// Whether the WAL holds a commit that the barrier has not seen. Costs a few microseconds at most.
    boolean bypassed(Connection writer) {
        // In the middle of a transaction nothing was committed, and there may be any number of its frames.
        if (!writer.autocommit() || writer.files().walAddress() == 0) {
            return false;
        }
        try {
            int frames = writer.checkpoint("main", CheckpointMode.NOOP).logFrames();
            return barrier.wasBypassed(salts(writer), Math.max(0, frames));
        } catch (SqliteException e) {
            // A statement is still running: it will be asked again at its end.
            if (e.code() == ResultCode.LOCKED) {
                return false;
            }
            throw e;
        }
    }

    /// Cuts off the WAL what no commit is in. Nobody writes to it; readers see what was committed,
    /// before that point.
    void cutWal(Connection connection) {
        long wal = connection.files().walAddress();
        if (wal == 0) {
            return;
        }
        int frames =
                Math.max(0, connection.checkpoint("main", CheckpointMode.NOOP).logFrames());
        int rc = NativeFile.truncate(wal, WalCommit.frameOffset(frames + 1, pageSize));
        if (rc != 0) {
            throw new SqliteException(rc, "cannot truncate " + paths.wal().getFileName());
        }
    }

    /// The generation of the WAL; 0 if nothing was written yet.
    long salts(Connection connection) {
        long wal = connection.files().walAddress();
        return wal == 0 ? 0 : WalCommit.readSalts(source(wal), new byte[WalCommit.HEADER_BYTES]);
    }

    private WalCommit.Source source(long wal) {
        return (position, target, offset, length) -> {
            int rc = NativeFile.read(wal, position, target, offset, length);
            if (rc != 0) {
                throw new SqliteException(rc, "cannot read " + paths.wal().getFileName());
            }
        };
    }

    @Override
    public void close() {
        BarrierVfs.detach(paths.file());
    }
}
