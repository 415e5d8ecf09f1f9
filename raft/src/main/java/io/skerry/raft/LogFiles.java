package io.skerry.raft;

import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.raftlog.segmented.LogSegment;
import org.apache.ratis.server.raftlog.segmented.LogSegmentPath;
import org.apache.ratis.util.SizeInBytes;

/// Reads the log files of a group that is not running, from the first entry to the last, and changes nothing.
/// Ratis would refuse to start every group if it met a damaged file of one.
final class LogFiles {

    private static final SizeInBytes ENTRY_MAX = SizeInBytes.valueOf(2L * RaftSettings.ENTRY_BYTES_MAX);

    private static final Pattern NAME = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-(\\d+))?");

    /// @param last the last entry that is ours; those of Ratis itself do not count
    /// @param bytes of our entries
    /// @param next index of the entry that would come next, whosever it is; -1 if there are no files
    /// @param term of the entry before that; 0 if there is none
    record Summary(LogIndex last, long bytes, long next, long term) {
        static final Summary EMPTY = new Summary(LogIndex.BEFORE_FIRST, 0, -1, 0);

        /// Whether there are files, and what follows a snapshot at `index` would leave a gap behind them.
        boolean endsBefore(long index) {
            return next >= 0 && next <= index;
        }
    }

    private LogFiles() {}

    /// @param current Ratis' directory with the segments of one group
    /// @throws IOException if a segment is damaged or missing. A cut-off end of the last one is no damage: such
    ///     an entry was never acknowledged
    static Summary read(Path current) throws IOException {
        if (!Files.isDirectory(current)) {
            return Summary.EMPTY;
        }
        var reader = new Reader();
        for (Segment segment : segments(current)) {
            reader.read(segment);
        }
        return new Summary(reader.last, reader.bytes, reader.next, reader.term);
    }

    /// Deletes all of them, for good when this returns.
    static void delete(Path current) throws IOException {
        for (Segment segment : segments(current)) {
            Files.delete(segment.path().getPath());
        }
        try (var directory = FileChannel.open(current, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /// @param end index of the last entry if the segment is closed, -1 if it is the open one
    private record Segment(LogSegmentPath path, long start, long end) {}

    private static List<Segment> segments(Path current) throws IOException {
        var segments = new ArrayList<Segment>();
        try (var files = Files.newDirectoryStream(current, "log_*")) {
            for (Path file : files) {
                // Ratis deletes an empty file when it is asked for its name.
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (Files.size(file) > 0 && name.matches()) {
                    String end = name.group(2);
                    segments.add(new Segment(
                            LogSegmentPath.matchLogSegment(file),
                            Long.parseLong(name.group(1)),
                            end == null ? -1 : Long.parseLong(end)));
                }
            }
        }
        segments.sort(Comparator.comparingLong(Segment::start));
        return segments;
    }

    private static final class Reader {
        private LogIndex last = LogIndex.BEFORE_FIRST;
        private long bytes;
        private long next = -1;
        private long term;

        void read(Segment segment) throws IOException {
            if (next >= 0 && segment.start() != next) {
                throw new IOException("the log has no entries from " + next + " to " + (segment.start() - 1));
            }
            next = segment.start();
            try {
                LogSegment.readSegmentFile(
                        segment.path().getPath().toFile(),
                        segment.path().getStartEnd(),
                        ENTRY_MAX,
                        CorruptionPolicy.EXCEPTION,
                        null,
                        this::entry);
            } catch (IllegalStateException e) {
                throw new IOException(segment.path().getPath() + ": " + e.getMessage(), e);
            }
            if (segment.end() >= 0 && next != segment.end() + 1) {
                throw new IOException(segment.path().getPath() + " ends at entry " + (next - 1));
            }
        }

        private void entry(LogEntryProto entry) {
            if (entry.getIndex() != next) {
                throw new IllegalStateException("entry " + entry.getIndex() + " stands where " + next + " should");
            }
            next++;
            term = entry.getTerm();
            if (entry.hasStateMachineLogEntry()) {
                last = new LogIndex(entry.getIndex());
                bytes += entry.getSerializedSize();
            }
        }
    }
}
