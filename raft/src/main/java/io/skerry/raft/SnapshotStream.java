package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState.DatabaseCopy;
import io.skerry.engine.GroupState.SnapshotReceiver;
import io.skerry.engine.LogIndex;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A snapshot of a group on its way from one member to another:
///
///     header    magic, version, group, number of databases, bytes they have in all (a hint)
///     database  'D', id, then what [DatabaseCopy#writeTo] writes, in chunks ([Chunks]); one that was dropped
///               since the list was made is withdrawn, at once or in the middle, and followed by the bytes that
///               all have without it
///     trailer   'E', term and index of the snapshot, index that must be reached before a database is opened
///
/// Numbers are big-endian. Only a stream with its trailer is a snapshot. It is whole without what was withdrawn:
/// the entry that dropped it comes after the snapshot's, and whoever replays the log passes over entries for a
/// database that is not there.
final class SnapshotStream {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStream.class);

    private static final int MAGIC = 0x534b_534e;
    private static final int VERSION = 2;
    private static final int DATABASE = 'D';
    private static final int END = 'E';
    private static final int DATABASES_MAX = 10_000_000;

    /// @param at the entry after which the receiver continues with the log
    /// @param consistentAt the entry that it must have applied before it opens a database
    record Position(TermIndex at, LogIndex consistentAt) {}

    private SnapshotStream() {}

    /// Writes a snapshot.
    ///
    /// @param end asked when all databases are written, with the lowest index that one of them has to be
    ///     replayed from
    static void write(
            GroupId group,
            List<DatabaseCopy> copies,
            OutputStream target,
            Transfer progress,
            Pace pace,
            Function<LogIndex, Position> end)
            throws IOException {
        var out = new DataOutputStream(target);
        long[] sizes = copies.stream().mapToLong(DatabaseCopy::bytes).toArray();
        long total = LongStream.of(sizes).sum();
        progress.total(total);
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        writeId(out, group.value());
        out.writeInt(copies.size());
        out.writeLong(total);
        LogIndex from = new LogIndex(Long.MAX_VALUE);
        for (int i = 0; i < sizes.length; i++) {
            DatabaseCopy copy = copies.get(i);
            out.writeByte(DATABASE);
            writeId(out, copy.database().value());
            long before = progress.copied();
            LogIndex replayFrom = write(copy, out, progress, pace);
            if (replayFrom == null) {
                total -= Math.max(0, sizes[i] - (progress.copied() - before));
                progress.total(total);
                out.writeLong(total);
            } else {
                from = replayFrom.isAfter(from) ? from : replayFrom;
            }
        }
        Position position = end.apply(from);
        out.writeByte(END);
        out.writeLong(position.at().getTerm());
        out.writeLong(position.at().getIndex());
        out.writeLong(position.consistentAt().value());
        out.flush();
    }

    /// @return null if the database is not there any more, and was withdrawn
    private static @Nullable LogIndex write(DatabaseCopy copy, DataOutputStream out, Transfer progress, Pace pace)
            throws IOException {
        try (var chunks = new Chunks.Writer(out)) {
            try {
                LogIndex replayFrom = copy.writeTo(chunks, bytes -> {
                    progress.add(bytes);
                    pace.spent(bytes);
                });
                chunks.finish();
                return replayFrom;
            } catch (DatabaseException e) {
                if (e.code() != Code.NO_SUCH_DATABASE) {
                    throw e;
                }
                LOG.debug("database {} is left out of a snapshot", copy.database(), e);
                chunks.withdraw();
                return null;
            }
        }
    }

    /// Reads a snapshot into `receiver`, which holds all of it when this returns, and nothing is installed yet.
    static Position read(GroupId group, InputStream source, SnapshotReceiver receiver, Transfer progress)
            throws IOException {
        var in = new DataInputStream(source);
        if (in.readInt() != MAGIC || in.readInt() != VERSION) {
            throw new IOException("group " + group + ": what was sent is no snapshot of this version");
        }
        UUID sent = readId(in);
        if (!sent.equals(group.value())) {
            throw new IOException("group " + group + ": the snapshot is of group " + sent);
        }
        int databases = in.readInt();
        if (databases < 0 || databases > DATABASES_MAX) {
            throw new IOException("group " + group + ": the snapshot claims " + databases + " databases");
        }
        progress.total(in.readLong());
        for (int i = 0; i < databases; i++) {
            expect(in, DATABASE, group);
            var id = new DatabaseId(readId(in));
            try (var chunks = new Chunks.Reader(in)) {
                receiver.database(id, chunks, progress::add);
                chunks.drain();
            } catch (Chunks.WithdrawnException e) {
                progress.total(in.readLong());
            }
        }
        expect(in, END, group);
        TermIndex at = TermIndex.valueOf(in.readLong(), in.readLong());
        var position = new Position(at, new LogIndex(in.readLong()));
        if (at.getTerm() < 0 || at.getIndex() < 0) {
            throw new IOException("group " + group + ": the snapshot ends at " + at);
        }
        return position;
    }

    private static void expect(DataInputStream in, int tag, GroupId group) throws IOException {
        int found = in.readUnsignedByte();
        if (found != tag) {
            throw new IOException("group " + group + ": the snapshot has " + found + " where " + tag + " should be");
        }
    }

    private static void writeId(DataOutputStream out, UUID id) throws IOException {
        out.writeLong(id.getMostSignificantBits());
        out.writeLong(id.getLeastSignificantBits());
    }

    private static UUID readId(DataInputStream in) throws IOException {
        return new UUID(in.readLong(), in.readLong());
    }
}
