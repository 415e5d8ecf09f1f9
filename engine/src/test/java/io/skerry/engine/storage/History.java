package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.EntryEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/// A random history of one database: the file after each transaction, and the log that tells it, with
/// transactions cut into pieces and pieces of transactions that were abandoned. Pages are sent as ranges
/// wherever that is allowed at all, without whole images at the start of epochs: replay must bear it.
final class History implements AutoCloseable {

    static final GroupId GROUP = GroupId.parse("00112233-4455-6677-8899-aabbccddeeff");
    static final DatabaseId DATABASE = DatabaseId.parse("01234567-89ab-cdef-0123-456789abcdef");

    private static final int PAGES_MAX = 40;

    final int pageSize;
    /// The file after each transaction; the first is empty.
    final List<byte[]> states = new ArrayList<>();
    /// The entry that committed the state of the same place.
    final List<LogIndex> commits = new ArrayList<>();
    final List<FrameNo> frames = new ArrayList<>();
    final List<byte[]> log = new ArrayList<>();

    private final Random random;
    private final EntryEncoder encoder;

    History(Random random, int transactions) {
        this.random = random;
        pageSize = 512 << random.nextInt(4);
        // Small pieces, so that many transactions have several.
        encoder = new EntryEncoder(4 * pageSize);
        states.add(new byte[0]);
        commits.add(LogIndex.BEFORE_FIRST);
        frames.add(FrameNo.ZERO);
        for (int i = 0; i < transactions; i++) {
            if (random.nextInt(6) == 0) {
                abandon();
            }
            commit();
        }
    }

    Position position(int replayFrom, int consistentAt) {
        return new Position(
                GROUP,
                DATABASE,
                pageSize,
                commits.get(replayFrom),
                commits.get(consistentAt),
                frames.get(replayFrom),
                LogIndex.BEFORE_FIRST);
    }

    /// What a copier may find in the file while states `from` to `to` are written to it: each piece of 512
    /// bytes, and the length, from any of them.
    byte[] fuzzyCopy(int from, int to) {
        byte[] copy = new byte[anyOf(from, to).length];
        for (int at = 0; at < copy.length; at += 512) {
            byte[] state = anyOf(from, to);
            while (state.length <= at) {
                state = anyOf(from, to);
            }
            System.arraycopy(state, at, copy, at, 512);
        }
        return copy;
    }

    private byte[] anyOf(int from, int to) {
        return states.get(from + random.nextInt(to - from + 1));
    }

    private void commit() {
        byte[] before = states.getLast();
        int pages = nextSize(before.length / pageSize);
        byte[] after = Arrays.copyOf(before, pages * pageSize);
        TreeSet<Integer> touched = touched(before.length / pageSize, pages);
        touched.forEach(pgno -> edit(after, pgno));
        log.addAll(encode(before, after, touched));
        states.add(after);
        commits.add(new LogIndex(log.size() - 1));
        frames.add(encoder.frame());
    }

    /// Leaves the first pieces of a transaction in the log whose end never came.
    private void abandon() {
        byte[] before = states.getLast();
        byte[] after = Arrays.copyOf(before, before.length + 10 * pageSize);
        random.nextBytes(after);
        var touched = new TreeSet<Integer>();
        for (int pgno = 1; pgno <= after.length / pageSize; pgno++) {
            touched.add(pgno);
        }
        List<byte[]> pieces = encode(before, after, touched);
        log.addAll(pieces.subList(0, 1 + random.nextInt(pieces.size() - 1)));
    }

    private int nextSize(int pages) {
        return switch (random.nextInt(5)) {
            case 0 -> Math.min(PAGES_MAX, pages + 1 + random.nextInt(8));
            case 1 -> Math.max(1, pages - random.nextInt(12));
            default -> Math.max(1, pages);
        };
    }

    private TreeSet<Integer> touched(int pagesBefore, int pages) {
        var touched = new TreeSet<Integer>();
        touched.add(1);
        int count = random.nextInt(random.nextInt(4) == 0 ? 20 : 4);
        for (int i = 0; i < count; i++) {
            touched.add(1 + random.nextInt(pages));
        }
        for (int pgno = pagesBefore + 1; pgno <= pages; pgno++) {
            // A page left out is one that SQLite never wrote: zeros.
            if (random.nextInt(10) > 0) {
                touched.add(pgno);
            }
        }
        return touched;
    }

    private void edit(byte[] file, int pgno) {
        int start = (pgno - 1) * pageSize;
        int edits = random.nextInt(4) == 0 ? 30 : random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            int from = random.nextInt(pageSize);
            int to = Math.min(pageSize, from + 1 + random.nextInt(30));
            for (int at = start + from; at < start + to; at++) {
                // Few values: bytes that return to what they were are the hard case.
                file[at] = (byte) random.nextInt(3);
            }
        }
    }

    private List<byte[]> encode(byte[] before, byte[] after, TreeSet<Integer> touched) {
        encoder.begin(new EntryEncoder.Transaction(
                GROUP, 0, DATABASE, frames.getLast(), random.nextLong() | 1, false, pageSize, after.length / pageSize));
        for (int pgno : touched) {
            int at = (pgno - 1) * pageSize;
            if (pgno == 1 || at >= before.length) {
                encoder.whole(pgno, after, at);
            } else {
                encoder.ranges(pgno, before, at, after, at);
            }
        }
        return encoder.finish();
    }

    @Override
    public void close() {
        encoder.close();
    }
}
