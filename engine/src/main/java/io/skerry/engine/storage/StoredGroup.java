package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.Code;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files of a group as its log drives them.
public final class StoredGroup implements GroupState {

    private static final Logger LOG = LoggerFactory.getLogger(StoredGroup.class);

    /// How long a checkpoint of the group waits for one database.
    private static final Duration CHECKPOINT_WAIT = Duration.ofSeconds(30);

    private final GroupFiles files;
    private final Completeness completeness;
    private final Map<DatabaseId, StoredDatabase> databases = new ConcurrentHashMap<>();
    private final Drops drops;
    private final ReentrantLock checkpointing = new ReentrantLock();
    private LogIndex checkpointed = LogIndex.BEFORE_FIRST;
    /// Whether there was a transaction since the last marker that this node sent.
    private volatile boolean changedSinceMarker = true;
    private volatile boolean replaying = true;
    private volatile boolean closed;

    public StoredGroup(GroupFiles files) {
        this.files = files;
        drops = new Drops(files);
        completeness = new Completeness(files);
    }

    public Optional<StoredDatabase> database(DatabaseId id) {
        return Optional.ofNullable(databases.get(id));
    }

    public Collection<DatabaseId> databases() {
        return databases.keySet();
    }

    /// See [io.skerry.engine.GroupStore#troubles].
    public List<String> troubles() {
        List<String> lines = new ArrayList<>();
        for (StoredDatabase database : databases.values()) {
            String line = database.life().trouble();
            if (line != null) {
                lines.add(line);
            }
        }
        return lines;
    }

    @Override
    public void start(CommitLog log, LogIndex replayTarget) {
        files.start(log, replayTarget);
        try {
            Files.createDirectories(files.directory());
            SnapshotStaging.finishInstall(files.directory());
            completeness.begin(log.applied());
            sweepAndLoad();
        } catch (IOException e) {
            throw IoFailure.of("read", files.directory(), e);
        }
        if (replayTarget.isAfter(LogIndex.BEFORE_FIRST)) {
            LOG.info(
                    "group {}: {} databases in {}, replaying the log up to entry {}",
                    files.group(),
                    databases.size(),
                    files.directory(),
                    replayTarget);
        } else {
            LOG.info("group {}: new, in {}", files.group(), files.directory());
        }
        if (log.applied().compareTo(replayTarget) >= 0) {
            stopMissing();
        }
    }

    /// Finds the databases by their position files, and deletes what a crash left: every WAL, since the log
    /// has its commits, and every file without a position, since the log creates it again if it should exist.
    private void sweepAndLoad() throws IOException {
        List<Path> others = new ArrayList<>();
        try (Stream<Path> entries = Files.list(files.directory())) {
            for (Path path : (Iterable<Path>) entries::iterator) {
                String name = String.valueOf(path.getFileName());
                if (name.endsWith(DatabasePaths.POSITION)) {
                    load(DatabaseId.parse(name.substring(0, name.length() - DatabasePaths.POSITION.length())));
                } else {
                    others.add(path);
                }
            }
        }
        Set<DatabaseId> orphans = new HashSet<>();
        for (Path path : others) {
            String name = String.valueOf(path.getFileName());
            int dot = name.indexOf('.');
            if (dot > 0 && DatabasePaths.isOurs(name.substring(dot))) {
                DatabaseId id = DatabaseId.parse(name.substring(0, dot));
                if (!databases.containsKey(id) && !completeness.isMissing(id)) {
                    orphans.add(id);
                } else if (!name.endsWith(DatabasePaths.FILE)) {
                    Files.deleteIfExists(path);
                }
            }
        }
        // One that cannot be deleted is no reason for the others to wait.
        orphans.forEach(drops::sweep);
    }

    private void load(DatabaseId id) {
        var paths = new DatabasePaths(files.directory(), id);
        switch (paths.position().read()) {
            case PositionFile.Reading.Found found -> load(paths, found.position());
            case PositionFile.Reading.Missing missing -> {}
            case PositionFile.Reading.Damaged damaged -> {
                completeness.unusable(id);
                addUnusable(id, damaged.reason());
            }
        }
    }

    private void addUnusable(DatabaseId id, String why) {
        var unusable = new Position(
                files.group(),
                id,
                files.settings().pageSize(),
                LogIndex.BEFORE_FIRST,
                LogIndex.BEFORE_FIRST,
                FrameNo.ZERO,
                LogIndex.BEFORE_FIRST);
        add(new StoredDatabase(files, unusable, true)).life().stop(why);
    }

    /// Those that were there when the log was let go of, and that it has not dropped since.
    private void stopMissing() {
        completeness.endReplay().forEach(id -> addUnusable(id, Completeness.missingText()));
    }

    private void load(DatabasePaths paths, Position position) {
        StoredDatabase database = add(new StoredDatabase(files, position, true));
        String older = completeness.found(position, files.log().applied());
        if (!position.group().equals(files.group())) {
            database.life().stop("its position file belongs to group " + position.group());
        } else if (older != null) {
            database.life().stop(older);
        } else if (position.frame().value() > 0 && Files.notExists(paths.file())) {
            database.life().stop("its file " + paths.file().getFileName() + " is missing");
        }
    }

    private StoredDatabase add(StoredDatabase database) {
        databases.put(database.id(), database);
        return database;
    }

    @Override
    public void apply(List<Entry> entries) {
        // What waits to be applied, by database: their orders among each other do not matter.
        var waiting = new LinkedHashMap<StoredDatabase, List<IndexedPages>>();
        for (Entry entry : entries) {
            LogIndex index = entry.index();
            LogEntry decoded = LogEntry.decode(entry.bytes());
            if (decoded instanceof LogEntry.Pages pages) {
                changedSinceMarker = true;
                StoredDatabase database = databases.get(pages.database());
                // Entries of a database that was dropped later, or before, are of no use.
                if (database != null) {
                    waiting.computeIfAbsent(database, key -> new ArrayList<>()).add(new IndexedPages(index, pages));
                }
            } else {
                apply(waiting);
                applyToGroup(index, decoded);
            }
        }
        apply(waiting);
        LogIndex last = entries.getLast().index();
        if (replaying && last.compareTo(files.replayTarget()) >= 0) {
            endReplay(last);
        }
    }

    private static void apply(Map<StoredDatabase, List<IndexedPages>> waiting) {
        waiting.forEach(StoredDatabase::apply);
        waiting.clear();
    }

    private void applyToGroup(LogIndex index, LogEntry entry) {
        switch (entry) {
            case LogEntry.Pages pages -> throw new IllegalArgumentException("pages belong to a database");
            case LogEntry.Create create -> create(index, create);
            case LogEntry.Drop drop -> drop(index, drop.database());
            case LogEntry.Checkpoint marker -> {
                for (StoredDatabase database : files.dirty()) {
                    database.checkpoints().marker(index, marker.upTo());
                }
            }
            case LogEntry.Noop noop -> {}
        }
    }

    @Override
    public void claimed(LogIndex index, byte[] entry) {
        // The writer's barrier knows.
        changedSinceMarker = true;
    }

    /// Those that a snapshot brought and that need more of the log end it themselves.
    private void endReplay(LogIndex applied) {
        replaying = false;
        stopMissing();
        files.replays().all().forEach(database -> database.replay().settle(applied));
    }

    private void create(LogIndex index, LogEntry.Create create) {
        if (databases.containsKey(create.database())) {
            return;
        }
        drops.end(create.database());
        new DatabasePaths(files.directory(), create.database()).deleteAll();
        var before = new LogIndex(index.value() - 1);
        var position = new Position(
                files.group(),
                create.database(),
                create.pageSize(),
                before,
                before,
                FrameNo.ZERO,
                LogIndex.BEFORE_FIRST);
        var database = new StoredDatabase(files, position, index.compareTo(files.replayTarget()) <= 0);
        // Not a file so far: the log has it. A checkpoint will look at it and write its position.
        database.created(index);
        add(database);
    }

    private void drop(LogIndex index, DatabaseId id) {
        StoredDatabase database = databases.get(id);
        if (database == null && completeness.dropped(id)) {
            new DatabasePaths(files.directory(), id).deleteAll();
        }
        if (database == null || !database.isBefore(index)) {
            return;
        }
        completeness.dropped(id);
        database.retire(FileLife.Phase.DROPPED);
        // The position first, at once: a file without one is swept at the next start. The rest when its users
        // have let go, which this thread must not wait for: a commit of theirs may wait for this thread.
        new DatabasePaths(files.directory(), id).position().delete();
        databases.remove(id);
        drops.add(database);
    }

    @Override
    public void leadership(boolean leader) {
        files.leadership(files.leadership().changed(leader));
        changedSinceMarker = true;
        if (leader) {
            endReplay(files.log().applied());
        } else {
            databases.values().forEach(database -> database.commits().demote());
        }
    }

    @Override
    public LogIndex checkpoint() {
        checkpointing.lock();
        try {
            CommitLog log = files.log();
            LogIndex applied = log.applied();
            boolean epochsBegun = checkpointDirty();
            LogIndex answer = neededAfter(applied);
            if (answer.isAfter(checkpointed) && record(answer)) {
                checkpointed = answer;
            }
            if (epochsBegun && changedSinceMarker && files.leadership().leads()) {
                sendMarker(log, applied);
            }
            return checkpointed;
        } finally {
            checkpointing.unlock();
        }
    }

    /// @return whether the log may be let go of up to `answer`
    private boolean record(LogIndex answer) {
        try {
            completeness.letGo(answer, databases.values());
            return true;
        } catch (DatabaseException e) {
            LOG.warn(
                    "group {}: its checkpoint is not recorded, and the log is kept: {}", files.group(), e.getMessage());
            return false;
        }
    }

    private boolean checkpointDirty() {
        boolean all = true;
        for (StoredDatabase database : files.dirty()) {
            try {
                all &= database.checkpoints().run(CHECKPOINT_WAIT);
            } catch (RuntimeException e) {
                all = false;
                // One that is interrupted is no failure: the file is about to be closed, and the log is kept.
                if (database.life().ending() == null && !OpenFile.isInterrupt(e)) {
                    LOG.warn("database {}: checkpoint failed: {}", database.id(), e.getMessage());
                } else {
                    LOG.debug("database {}: not checkpointed, it is closed meanwhile", database.id(), e);
                }
            }
        }
        return all;
    }

    /// The lowest index that a replay needs entries after. `applied` was asked before the dirty databases are
    /// looked at: see [GroupFiles#dirty].
    private LogIndex neededAfter(LogIndex applied) {
        LogIndex lowest = applied;
        for (StoredDatabase database : files.dirty()) {
            LogIndex needed = database.checkpoints().neededAfter().orElse(applied);
            lowest = needed.compareTo(lowest) < 0 ? needed : lowest;
        }
        return lowest;
    }

    /// Lets the replicas move their own replay starts: their checkpoints depend on our epochs.
    private void sendMarker(CommitLog log, LogIndex upTo) {
        changedSinceMarker = false;
        AppendOutcome outcome =
                log.submit(LogEntry.encode(new LogEntry.Checkpoint(files.group(), files.groupEpoch(), upTo)));
        switch (outcome) {
            case Committed committed -> {}
            case Refused refused -> {
                changedSinceMarker = true;
                LOG.info("group {}: no checkpoint marker this time: {}", files.group(), refused.message());
            }
            case Unknown unknown -> {
                changedSinceMarker = true;
                LOG.info("group {}: checkpoint marker in doubt: {}", files.group(), unknown.message());
            }
        }
    }

    /// Creates the database on every member.
    public StoredDatabase create(DatabaseId id) {
        StoredDatabase present = databases.get(id);
        if (present != null) {
            return present;
        }
        int pageSize = files.settings().pageSize();
        submit(new LogEntry.Create(files.group(), files.groupEpoch(), id, pageSize), "create database " + id);
        StoredDatabase created = databases.get(id);
        if (created == null) {
            throw new DatabaseException(Code.NO_SUCH_DATABASE, "database " + id + " was dropped at the same time");
        }
        return created;
    }

    /// Deletes the database on every member.
    public void drop(DatabaseId id) {
        if (databases.containsKey(id)) {
            submit(new LogEntry.Drop(files.group(), files.groupEpoch(), id), "drop database " + id);
        }
    }

    private void submit(LogEntry entry, String what) {
        if (closed) {
            throw new DatabaseException(Code.UNAVAILABLE, "cannot " + what + ": the group is stopped here");
        }
        switch (files.log().submit(LogEntry.encode(entry))) {
            case Committed committed -> {}
            case Refused refused -> throw Outcomes.refused("cannot " + what, refused);
            case Unknown unknown ->
                throw new DatabaseException(
                        Code.OUTCOME_UNKNOWN, "cannot tell whether this was done: " + what + ": " + unknown.message());
        }
    }

    @Override
    public List<DatabaseCopy> copies() {
        List<DatabaseCopy> copies = new ArrayList<>();
        for (StoredDatabase database : databases.values()) {
            copies.add(new FileCopy(database));
        }
        return copies;
    }

    @Override
    public SnapshotReceiver receive() {
        return new SnapshotStaging(files, this::replaceBy);
    }

    /// Closes every database, lets `swap` replace the files, and starts from what is there then.
    private void replaceBy(SnapshotStaging.Swap swap) throws IOException {
        checkpointing.lock();
        try {
            databases.values().forEach(database -> database.retire(FileLife.Phase.CLOSED));
            databases.values().forEach(database -> database.life().closeFile());
            databases.clear();
            drops.forget();
            files.dirty().clear();
            swap.run();
            replaying = true;
            checkpointed = LogIndex.BEFORE_FIRST;
            completeness.load();
            sweepAndLoad();
        } finally {
            checkpointing.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        files.leadership(files.leadership().changed(false));
        databases.values().forEach(database -> database.retire(FileLife.Phase.CLOSED));
        databases.values().forEach(database -> database.life().closeFile());
        drops.forget();
    }
}
