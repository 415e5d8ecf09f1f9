package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Damage gives one exception, never another one, never a wrong page in silence, never more memory than the
/// entry could honestly need.
class DamagedEntryProperties {

    private static final int PAGE_SIZE = 4096;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Property(tries = 2000)
    void everyFlippedBitIsFound(@ForAll long seed) {
        var random = new Random(seed);
        byte[] entry = anEntry(random);
        entry[random.nextInt(entry.length)] ^= (byte) (1 << random.nextInt(8));
        assertDamaged(entry);
    }

    @Property(tries = 1000)
    void everyCutAndEveryTailIsFound(@ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int bytes) {
        byte[] entry = anEntry(new Random(seed));
        assertDamaged(Arrays.copyOf(entry, Math.max(0, entry.length - bytes)));
        assertDamaged(Arrays.copyOf(entry, entry.length + bytes));
    }

    /// The checksum is made right again, so that the parser itself is what is tried.
    @Property(tries = 20_000)
    void noBytesBreakTheParser(@ForAll long seed) {
        var random = new Random(seed);
        byte[] entry = anEntry(random);
        int mutations = 1 + random.nextInt(4);
        for (int i = 0; i < mutations; i++) {
            // Half of them in the head, where the lengths are.
            int within = random.nextBoolean() ? Math.min(80, entry.length) : entry.length;
            entry[random.nextInt(within)] = (byte) (random.nextBoolean() ? random.nextInt() : 0xFF);
        }
        if (random.nextInt(4) == 0) {
            entry = Arrays.copyOf(entry, 5 + random.nextInt(entry.length));
        }
        Format.putChecksum(entry);

        long before = THREADS.getCurrentThreadAllocatedBytes();
        readToTheEnd(entry);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        // A page of 64 KB, its ranges, and a small object for each page there is room for.
        assertThat(allocated).isLessThan(1 << 20);
    }

    @Property(tries = 2000)
    void noiseBreaksNothing(@ForAll byte[] noise) {
        byte[] entry = Arrays.copyOf(noise, noise.length + 8);
        Format.putChecksum(entry);
        readToTheEnd(entry);
    }

    @Property(tries = 200)
    void damageIsReportedWithItsPlace(@ForAll long seed) {
        byte[] entry = anEntry(new Random(seed));
        entry[1] = 77;
        assertThatThrownBy(() -> LogEntry.peek(entry))
                .hasMessage("log entry of " + entry.length + " bytes is damaged at byte 1: kind 77 is unknown");
        entry[0] = 2;
        assertThatThrownBy(() -> LogEntry.decode(entry)).hasMessageContaining("version is 2, this program reads 1");
    }

    private static void assertDamaged(byte[] entry) {
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> LogEntry.decode(entry))
                .matches(e -> e.code() == Code.LOG_DAMAGED);
    }

    private static void readToTheEnd(byte[] entry) {
        try {
            if (LogEntry.decode(entry) instanceof LogEntry.Pages pages) {
                byte[] page = new byte[pages.pageSize()];
                for (PageImage image :
                        pages.pages().subList(0, Math.min(8, pages.pages().size()))) {
                    image.overlayOn(page);
                }
            }
        } catch (DatabaseException e) {
            assertThat(e.code()).isEqualTo(Code.LOG_DAMAGED);
        } catch (RuntimeException e) {
            fail("not the exception for damage", e);
        }
    }

    private static byte[] anEntry(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> LogEntry.encode(new LogEntry.Create(Example.GROUP, 3, Example.DATABASE, PAGE_SIZE));
            case 1 -> LogEntry.encode(new LogEntry.Checkpoint(Example.GROUP, 3, new LogIndex(random.nextInt(1 << 20))));
            default -> pages(random);
        };
    }

    private static byte[] pages(Random random) {
        var edits = new PageEdits(random, PAGE_SIZE);
        int pieceBytesMax = random.nextBoolean() ? EntryEncoder.PIECE_BYTES_MAX : 5000;
        try (var encoder = new EntryEncoder(pieceBytesMax)) {
            encoder.begin(Example.transaction(random.nextInt(1000), PAGE_SIZE, 100));
            int pages = 1 + random.nextInt(6);
            for (int pgno = 1; pgno <= pages; pgno++) {
                byte[] base = edits.fresh();
                if (random.nextInt(3) == 0) {
                    encoder.whole(pgno, base, 0);
                } else {
                    encoder.ranges(pgno, base, 0, edits.edited(base), 0);
                }
            }
            List<byte[]> pieces = encoder.finish();
            return pieces.get(random.nextInt(pieces.size()));
        }
    }
}
