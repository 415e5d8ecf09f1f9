package io.skerry.engine.query;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.Meter;
import io.skerry.engine.Meters;
import io.skerry.engine.storage.CommitReport;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.vfs.BarrierVfs;
import io.skerry.sqlite.vfs.WalBarrier;
import io.skerry.sqlite.vfs.WalFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A database file whose log is a function of the test. Never checkpointed, so the WAL only grows.
final class LocalFile implements DatabaseFile, WalBarrier, AutoCloseable {

    static final Supplier<AppendOutcome> ACCEPT = () -> new AppendOutcome.Committed(new LogIndex(1));

    private final DatabaseId id = new DatabaseId(UUID.randomUUID());
    private final Path path;
    private final int pageSize = 4_096;
    final Meters meters = new Meters();
    private final Meter meter = meters.of(id);
    private long published;
    private @Nullable CommitReport report;
    private volatile FrameNo frame = FrameNo.ZERO;
    private volatile FrameNo next = FrameNo.ZERO;
    volatile boolean writable = true;
    volatile Supplier<AppendOutcome> log = ACCEPT;
    /// Called when a session is about to read, and when a read connection is about to be opened.
    volatile Runnable onFrame = () -> {};
    volatile Runnable onOpenReader = () -> {};
    final AtomicInteger commits = new AtomicInteger();
    /// Why it is closed for good; null if it is not.
    volatile @Nullable DatabaseException ending;
    /// Why it was given up; null if it was not.
    volatile @Nullable String distrusted;

    LocalFile(Path directory) {
        path = directory.resolve(id + ".db");
        BarrierVfs.attach(path, this);
        try (var connection = openWriter()) {
            connection.exec("PRAGMA user_version=1");
        }
        takeCommit();
        commits.set(0);
    }

    @Override
    public DatabaseId id() {
        return id;
    }

    @Override
    public Connection openWriter() {
        if (!writable) {
            throw new DatabaseException(Code.NOT_LEADER, "not here");
        }
        var connection = Connection.open(path, OpenMode.CREATE, BarrierVfs.NAME);
        connection.lookaside(0, 0);
        connection.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
        connection.dbConfig(DbConfig.DEFENSIVE, true);
        connection.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
        return connection;
    }

    @Override
    public Connection openReader() {
        onOpenReader.run();
        var connection = Connection.open(path, OpenMode.READ_WRITE, BarrierVfs.NAME);
        connection.dbConfig(DbConfig.NO_CKPT_ON_CLOSE, true);
        connection.exec("PRAGMA query_only=1; PRAGMA wal_autocheckpoint=0");
        return connection;
    }

    @Override
    public boolean takeRoom() {
        return true;
    }

    @Override
    public void giveRoom() {}

    @Override
    public void attachTo(Connection host, String alias) {
        try (var attach = host.prepare("ATTACH ?1 AS ?2")) {
            attach.bindText(1, path.toString());
            attach.bindText(2, alias);
            attach.step();
        }
    }

    @Override
    public int sync(WalFile wal) {
        var found = commitMark(wal);
        if (found == 0) {
            return PASS;
        }
        var outcome = log.get();
        if (outcome instanceof AppendOutcome.Committed) {
            next = next.plus(found - published);
            published = found;
            commits.incrementAndGet();
            report = new CommitReport.Published(next, new LogIndex(1));
            return PASS;
        }
        wal.truncate(WalFile.frameOffset(published, pageSize));
        report = new CommitReport.Failed(outcome);
        return REFUSE;
    }

    /// Frames up to the first commit after what was published; 0 if there is none.
    private long commitMark(WalFile wal) {
        var header = wal.header();
        var bytes = new byte[WalFile.FRAME_HEADER_BYTES];
        var size = wal.size();
        for (var f = published; WalFile.frameOffset(f + 1, pageSize) <= size; f++) {
            wal.read(WalFile.frameOffset(f, pageSize), bytes, 0, bytes.length);
            var in = ByteBuffer.wrap(bytes);
            if (in.getInt(8) != header.salt1() || in.getInt(12) != header.salt2()) {
                return 0;
            }
            if (in.getInt(4) != 0) {
                return f + 1;
            }
        }
        return 0;
    }

    @Override
    public CommitReport takeCommit() {
        var taken = report;
        report = null;
        frame = next;
        return taken == null ? new CommitReport.NoChange() : taken;
    }

    @Override
    public FrameNo frame() {
        onFrame.run();
        return frame;
    }

    @Override
    public Meter meter() {
        return meter;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public @Nullable DatabaseException ending() {
        return ending;
    }

    @Override
    public void distrust(String why) {
        distrusted = why;
    }

    @Override
    public void betweenTransactions() {}

    @Override
    public void close() {
        BarrierVfs.detach(path);
    }
}
