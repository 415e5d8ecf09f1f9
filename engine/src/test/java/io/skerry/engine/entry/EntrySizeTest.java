package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a commit costs in the log. The sizes are the budget, not a measurement.
class EntrySizeTest {

    private static final int PAGE_SIZE = 4096;
    private static final int ROW_BYTES = 110;

    private final Random random = new Random(1);
    private final EntryEncoder encoder = new EntryEncoder();

    @AfterEach
    void close() {
        encoder.close();
    }

    @Test
    void anAppendedRowTakesLessThanTwoHundredBytes() {
        // Late in a large database: the numbers are as long as they get in practice.
        byte[] base = leaf(20);
        byte[] image = leaf(base, 20);
        encoder.begin(Example.transaction(40_000_000_000L, PAGE_SIZE, 50_000_000));
        encoder.ranges(49_000_000, base, 0, image, 0);
        assertThat(encoder.finish().getFirst()).hasSizeLessThanOrEqualTo(200);
    }

    @Test
    void theHeadTakesAboutFiftyBytes() {
        byte[] page = leaf(20);
        encoder.begin(Example.transaction(40_000_000_000L, PAGE_SIZE, 50_000_000));
        encoder.ranges(49_000_000, page, 0, page, 0);
        // An unchanged page: number, encoding, checksum and a length of 0 are 10 bytes.
        assertThat(encoder.finish().getFirst()).hasSizeLessThanOrEqualTo(10 + 53);
    }

    @Test
    void aWholePageOfTextIsCompressed() {
        encoder.begin(Example.transaction(1, PAGE_SIZE, 2));
        encoder.whole(2, leaf(35), 0);
        assertThat(encoder.finish().getFirst()).hasSizeLessThan(PAGE_SIZE * 3 / 4);
    }

    @Test
    void whatDoesNotCompressIsSentAsItIs() {
        byte[] noise = new byte[PAGE_SIZE];
        random.nextBytes(noise);
        encoder.begin(Example.transaction(1, PAGE_SIZE, 2));
        encoder.whole(2, noise, 0);
        assertThat(encoder.finish().getFirst()).hasSizeLessThan(PAGE_SIZE + 60);
    }

    @Test
    void aPageThatChangedEverywhereIsSentWhole() {
        byte[] base = leaf(35);
        byte[] image = base.clone();
        // Ranges would cost two bytes for each of these.
        for (int i = 0; i < PAGE_SIZE; i++) {
            image[i] ^= 0x55;
        }
        encoder.begin(Example.transaction(1, PAGE_SIZE, 2));
        encoder.ranges(2, base, 0, image, 0);
        var entry = (LogEntry.Pages) LogEntry.decode(encoder.finish().getFirst());
        assertThat(entry.pages().getFirst().isWhole()).isTrue();
    }

    /// A table leaf as SQLite writes it: header, cell pointers from the front, rows from the back.
    private byte[] leaf(int rows) {
        byte[] page = new byte[PAGE_SIZE];
        page[0] = 0x0D;
        for (int row = 0; row < rows; row++) {
            page = leaf(page, row);
        }
        return page;
    }

    private byte[] leaf(byte[] base, int row) {
        byte[] page = base.clone();
        ByteBuffer to = ByteBuffer.wrap(page);
        int at = PAGE_SIZE - (row + 1) * ROW_BYTES;
        to.putShort(3, (short) (row + 1)).putShort(5, (short) at).putShort(8 + 2 * row, (short) at);
        String text = Long.toHexString(random.nextLong()) + ", a customer of the shop since 2019, pays in time and "
                + "never complains; " + Long.toHexString(random.nextLong());
        byte[] content = text.getBytes(StandardCharsets.US_ASCII);
        to.put(at, content, 0, Math.min(content.length, ROW_BYTES));
        return page;
    }
}
