package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.Meter;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.sqlite.Checkpoint;
import io.skerry.sqlite.CheckpointMode;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections of a database while it is open, from one opening to the next closing. A database whose
/// state is in doubt is not mended: its open file is closed for good, and another one is made from the log.
///
/// `use` guards everything but the writer's statements: one checkpoint, one applied transaction or one change
/// of roles at a time. A commit and these exclude each other by the [CommitGate] and by the writer's thread.
final class OpenFile implements DatabaseFile {

    private static final Logger LOG = LoggerFactory.getLogger(OpenFile.class);

    private static final int NOT_ARMED = -1;

    private final StoredDatabase database;
    private final StorageNode node;
    private final DatabaseConnections connections;
    private final CommitBarrier barrier;
    private final WalBudget budget;
    private final FileRoom room;
    private final ReentrantLock use = new ReentrantLock();

    private @Nullable Connection maintenance;
    private @Nullable PageApplier applier;
    private @Nullable FileUser user;
    private volatile @Nullable Connection writer;
    private volatile int armedFor = NOT_ARMED;
    private volatile boolean closed;
    private int appliedFrames;

    /// Opens the file; one that is not there is made, with this page size.
    ///
    /// @param room what it may have, given back when it is closed, also if this fails
    static OpenFile open(StoredDatabase database, GroupFiles group, DatabasePaths paths, int pageSize, FileRoom room) {
        OpenFile opened = new OpenFile(database, group, paths, pageSize, room);
        try {
            opened.connections.createIfMissing();
            return opened;
        } catch (RuntimeException e) {
            opened.closeConnections();
            throw e;
        }
    }

    private OpenFile(StoredDatabase database, GroupFiles group, DatabasePaths paths, int pageSize, FileRoom room) {
        this.database = database;
        this.node = group.node();
        this.room = room;
        StorageSettings settings = group.settings();
        barrier = new CommitBarrier(
                group.group(),
                group.groupEpoch(),
                database.id(),
                pageSize,
                group.log(),
                database.commits(),
                group.node().commitWork(),
                settings.transactionBytes());
        budget = new WalBudget(WalCommit.FRAME_HEADER_BYTES + pageSize, settings.walBytes());
        connections = new DatabaseConnections(paths, pageSize, settings.walBytes(), barrier);
    }

    @Override
    public DatabaseId id() {
        return database.id();
    }

    @Override
    public Meter meter() {
        return database.meter();
    }

    /// Who runs statements here; made at the first call. Called under the lock of the database.
    FileUser user() {
        FileUser present = user;
        if (present == null) {
            present = node.user(this);
            user = present;
        }
        return present;
    }

    @Nullable
    FileUser userIfAny() {
        return user;
    }

    @Override
    public Connection openWriter() {
        if (!writable()) {
            DatabaseException ending = ending();
            throw ending != null ? ending : closed ? unavailable() : StoredDatabase.notLeader(id());
        }
        use.lock();
        try {
            requireOpen();
            Connection before = writer;
            if (before != null && before.isOpen()) {
                throw new IllegalStateException("database " + id() + " has a writer already");
            }
            Connection opened = connections.writer();
            writer = opened;
            return opened;
        } finally {
            use.unlock();
        }
    }

    @Override
    public Connection openReader() {
        use.lock();
        try {
            requireOpen();
            return connections.reader();
        } finally {
            use.unlock();
        }
    }

    @Override
    public boolean takeRoom() {
        return node.takeReader(room);
    }

    @Override
    public void giveRoom() {
        room.giveReader();
        node.room().tell();
    }

    @Override
    public void attachTo(Connection host, String alias) {
        use.lock();
        try {
            requireOpen();
            connections.attachTo(host, alias);
        } finally {
            use.unlock();
        }
    }

    @Override
    public CommitReport takeCommit() {
        CommitReport report = barrier.takeReport();
        if (report == null) {
            detectBypass();
            return CommitReport.NoChange.NO_CHANGE;
        }
        if (report instanceof CommitReport.Published published) {
            database.visible().raise(published.frame().value());
        }
        return report;
    }

    /// No way around the barrier is open to users, but if one were, replicas would silently differ from now
    /// on.
    private void detectBypass() {
        Connection open = writer;
        if (open != null && open.isOpen() && armedFor != NOT_ARMED && connections.bypassed(open)) {
            database.commits().distrust("a commit did not pass the commit barrier");
            throw new DatabaseException(
                    Code.OUTCOME_UNKNOWN,
                    "database " + id() + ": a change was not replicated and will be undone: the database is being"
                            + " rebuilt from its log. Do not change journal_mode or synchronous");
        }
    }

    @Override
    public FrameNo frame() {
        return database.frame();
    }

    @Override
    public @Nullable DatabaseException ending() {
        return database.life().ending();
    }

    @Override
    public void distrust(String why) {
        database.life().distrust(why);
    }

    @Override
    public boolean writable() {
        Leadership leadership = database.leadership();
        return !closed && leadership.leads() && (armedFor == leadership.count() || arm(leadership));
    }

    /// Whether commits made under this leadership may pass.
    boolean isArmedFor(Leadership leadership) {
        return armedFor == leadership.count();
    }

    boolean isArmed() {
        return armedFor != NOT_ARMED;
    }

    /// Entries of other writers arrive: the barrier has to learn anew what is in the WAL.
    void disarm() {
        armedFor = NOT_ARMED;
    }

    /// Prepares the barrier for a new leadership. The log was applied up to its beginning, and a commit
    /// cannot pass before this is done, so the WAL's published end stands still meanwhile. Any thread
    /// may ask; what a commit that begins just now means, see [CommitBarrier#arm].
    private boolean arm(Leadership leadership) {
        use.lock();
        try {
            if (closed || barrier.isUnderWay() || !database.commits().mayArm(leadership)) {
                return false;
            }
            if (armedFor != leadership.count()) {
                // Its idea of the database's size would not follow the commits of the writer.
                closeApplier();
                Connection open = maintenance();
                Checkpoint wal = open.checkpoint("main", CheckpointMode.NOOP);
                barrier.arm(connections.salts(open), Math.max(0, wal.logFrames()));
                armedFor = leadership.count();
            }
            return true;
        } finally {
            use.unlock();
        }
    }

    @Override
    public boolean hasSpilled() {
        return barrier.hasSpilled();
    }

    /// What a transaction spilled that was rolled back: the disk may have no room for anybody else
    /// because of it, and the next commit, which would overwrite a part of it, may be far.
    private void cutSpilled() {
        use.lock();
        try {
            Connection open = writer;
            barrier.nothingSpilled();
            if (!closed && open != null && open.isOpen() && open.autocommit()) {
                connections.cutWal(open);
            }
        } catch (SqliteException e) {
            LOG.warn("database {}: its WAL stays large until its next write: {}", id(), e.getMessage());
        } finally {
            use.unlock();
        }
    }

    @Override
    public void betweenTransactions() {
        if (barrier.hasSpilled()) {
            cutSpilled();
        }
        Connection open = writer;
        if (open == null || !isArmed() || !budget.isSpent(barrier.frames())) {
            return;
        }
        try {
            checkpoint(open);
        } catch (DatabaseException | SqliteException e) {
            notCheckpointed(e);
            budget.failed(barrier.frames());
        }
    }

    private void notCheckpointed(RuntimeException why) {
        if (isInterrupt(why)) {
            LOG.debug("database {}: not checkpointed, it is about to be closed", id(), why);
        } else {
            LOG.warn("database {}: checkpoint failed, the WAL goes on growing: {}", id(), why.getMessage());
        }
    }

    /// Only the end of a file's use interrupts what runs for the node itself.
    static boolean isInterrupt(RuntimeException failure) {
        return failure instanceof SqliteException e && e.code() == ResultCode.INTERRUPT;
    }

    /// Applies transactions that another node committed: the first of them, and more if they may become visible
    /// together with it.
    ///
    /// @return how many
    int apply(List<Transaction> transactions) {
        use.lock();
        try {
            requireOpen();
            // Again, under `use`: the barrier may have been armed since the entry came.
            disarm();
            barrier.overrun();
            PageApplier.Applied applied = applier().apply(transactions);
            appliedFrames += applied.pages();
            return applied.transactions();
        } finally {
            use.unlock();
        }
    }

    /// Checkpoints if the entries applied here have filled the WAL. Called by the applying thread.
    void checkpointIfFull() {
        if (!budget.isSpent(appliedFrames)) {
            return;
        }
        use.lock();
        try {
            // If this node writes by now, its writer sees to the WAL.
            if (!closed && !mayCommit()) {
                checkpoint(maintenance());
            }
        } catch (DatabaseException | SqliteException e) {
            notCheckpointed(e);
            budget.failed(appliedFrames);
        } finally {
            use.unlock();
        }
    }

    /// Checkpoints, and begins an epoch if this node writes. Leaves the file alone if its writer lost its right
    /// in the middle of a commit: whether the WAL holds that is not known here.
    ///
    /// @return whether the file now holds everything; a reader of an old snapshot can be in the way
    boolean checkpoint() {
        while (true) {
            FileUser present = user;
            if (isArmed() && present != null) {
                boolean[] complete = new boolean[1];
                present.runExclusive(() -> complete[0] = checkpointBetweenTransactions());
                return complete[0];
            }
            use.lock();
            try {
                if (!isWriting()) {
                    return !barrier.isUnderWay() && checkpointBetweenTransactions();
                }
            } finally {
                use.unlock();
            }
        }
    }

    /// Whether the writer can let a commit through while this thread holds `use`. If not, it cannot begin to:
    /// the barrier is armed, and the writer opened, under `use`.
    private boolean mayCommit() {
        return isWriting() || barrier.isUnderWay();
    }

    private boolean isWriting() {
        Connection open = writer;
        return isArmed() && open != null && open.isOpen();
    }

    /// On the thread of the writer, or while that cannot commit.
    private boolean checkpointBetweenTransactions() {
        use.lock();
        try {
            requireOpen();
            Connection open = writer;
            boolean complete = checkpoint(open != null && isWriting() ? open : maintenance());
            // Complete or not: a marker that is sent after this promises whole pages.
            barrier.newEpoch();
            return complete;
        } finally {
            use.unlock();
        }
    }

    private boolean checkpoint(Connection connection) {
        use.lock();
        try {
            database.checkpoints().before();
            Checkpoint done = run(connection, CheckpointMode.PASSIVE);
            if (!done.isComplete()) {
                budget.keptFromCompleting(Math.max(0, done.logFrames()));
                return false;
            }
            barrier.newEpoch();
            appliedFrames = 0;
            budget.renew();
            database.checkpoints().after();
            return true;
        } finally {
            use.unlock();
        }
    }

    /// Under `use`: no entry is applied, and no commit gets into the WAL.
    private Checkpoint run(Connection connection, CheckpointMode mode) {
        barrier.checkpointing(true);
        try {
            return connection.checkpoint("main", mode);
        } finally {
            barrier.checkpointing(false);
        }
    }

    /// Closes with everything in the database file and none in the WAL. Nobody uses it, and nobody can begin
    /// to.
    ///
    /// @return false if the checkpoint failed: the file stays open, without its user
    boolean closeCheckpointed() {
        use.lock();
        try {
            // Keeps the wal-index alive while the others close.
            Connection last = maintenance();
            closeUser();
            database.checkpoints().before();
            if (!run(last, CheckpointMode.TRUNCATE).isComplete()) {
                return false;
            }
            database.checkpoints().after();
            closeConnections();
            return true;
        } finally {
            use.unlock();
        }
    }

    private void closeUser() {
        FileUser present = user;
        if (present != null) {
            present.close();
            user = null;
        }
        writer = null;
        disarm();
    }

    /// Closes all connections, whatever the state of the WAL. Idempotent.
    void close() {
        closed = true;
        FileUser present = user;
        if (present != null) {
            present.close();
        }
        use.lock();
        try {
            user = null;
            writer = null;
            disarm();
            closeConnections();
        } finally {
            use.unlock();
        }
    }

    private void closeConnections() {
        closed = true;
        PageApplier applying = applier;
        Connection maintaining = maintenance;
        applier = null;
        maintenance = null;
        try (connections;
                maintaining;
                applying) {
            // All are closed, the applier first: it holds a statement of the maintaining connection.
        } finally {
            room.close();
        }
    }

    private void closeApplier() {
        PageApplier present = applier;
        if (present != null) {
            applier = null;
            present.close();
        }
    }

    private PageApplier applier() {
        PageApplier present = applier;
        if (present == null) {
            Connection reader = maintenance();
            Connection writing = writer;
            if (writing != null && writing.isOpen()) {
                room.bothWrite();
            }
            present = new PageApplier(id(), connections.applier(reader), reader, connections.pageSize());
            applier = present;
        }
        return present;
    }

    /// A connection for what is not the writer's: base images, checkpoints, the file's bytes. Under `use`.
    private Connection maintenance() {
        Connection present = maintenance;
        if (present == null) {
            present = connections.reader();
            maintenance = present;
        }
        return present;
    }

    private void requireOpen() {
        if (closed) {
            throw unavailable();
        }
    }

    private DatabaseException unavailable() {
        return new DatabaseException(Code.UNAVAILABLE, "database " + id() + " is being closed here: try again");
    }
}
