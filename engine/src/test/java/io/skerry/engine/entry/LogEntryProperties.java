package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class LogEntryProperties {

    @Property
    void entriesWithoutPagesComeBackEqual(
            @ForAll long id,
            @ForAll @LongRange(min = 0, max = 0xFFFF_FFFFL) long epoch,
            @ForAll @IntRange(min = 9, max = 16) int pageSizeLog,
            @ForAll @LongRange(min = -1, max = Long.MAX_VALUE - 1) long index,
            @ForAll long nonce) {
        var groupId = new GroupId(new UUID(id, ~id));
        var databaseId = new DatabaseId(new UUID(id, nonce));
        for (LogEntry entry : List.of(
                new LogEntry.Create(groupId, epoch, databaseId, 1 << pageSizeLog),
                new LogEntry.Drop(groupId, epoch, databaseId),
                new LogEntry.Checkpoint(groupId, epoch, new LogIndex(index)),
                new LogEntry.Noop(groupId, epoch, nonce))) {
            byte[] bytes = LogEntry.encode(entry);
            assertThat(LogEntry.decode(bytes)).isEqualTo(entry);
            assertThat(LogEntry.peek(bytes).group()).isEqualTo(groupId);
            assertThat(LogEntry.peek(bytes).kind().ofDatabase())
                    .isEqualTo(LogEntry.peek(bytes).database() != null);
        }
    }

    @Property(tries = 300)
    void pagesComeBackEqualInAnyNumberOfPieces(
            @ForAll long seed,
            @ForAll @IntRange(min = 9, max = 16) int pageSizeLog,
            @ForAll @IntRange(min = 1, max = 30) int pages,
            @ForAll @IntRange(min = 600, max = 300_000) int pieceBytesMax) {
        var random = new Random(seed);
        int pageSize = 1 << pageSizeLog;
        var edits = new PageEdits(random, pageSize);
        List<byte[]> bases = new ArrayList<>();
        List<byte[]> images = new ArrayList<>();
        try (var encoder = new EntryEncoder(pieceBytesMax)) {
            encoder.begin(Example.transaction(7, pageSize, 3L * pages));
            for (int i = 0; i < pages; i++) {
                byte[] base = edits.fresh();
                byte[] image = edits.edited(base);
                bases.add(base);
                images.add(image);
                if (random.nextInt(4) == 0) {
                    encoder.whole(3L * i + 1, image, 0);
                } else {
                    encoder.ranges(3L * i + 1, base, 0, image, 0);
                }
            }
            List<byte[]> pieces = encoder.finish();

            var assembly = new TransactionAssembly(64 << 20);
            for (int i = 0; i < pieces.size() - 1; i++) {
                assertThat(assembly.add(new LogIndex(i), (LogEntry.Pages) LogEntry.decode(pieces.get(i))))
                        .isEmpty();
                assertThat(assembly.pendingSince()).contains(new LogIndex(0));
            }
            var last = (LogEntry.Pages) LogEntry.decode(pieces.getLast());
            var transaction = assembly.add(new LogIndex(pieces.size()), last).orElseThrow();
            assertThat(transaction.before()).isEqualTo(new FrameNo(7));
            assertThat(transaction.frame()).isEqualTo(new FrameNo(7 + pages)).isEqualTo(encoder.frame());
            assertThat(transaction.databasePages()).isEqualTo(3L * pages);
            for (int i = 0; i < pages; i++) {
                PageImage image = transaction.pages().get(i);
                assertThat(image.pgno()).isEqualTo(3L * i + 1);
                byte[] page = image.isWhole() ? edits.fresh() : bases.get(i);
                image.applyTo(page);
                assertThat(page).isEqualTo(images.get(i));
            }
            for (byte[] piece : pieces) {
                int inPiece = ((LogEntry.Pages) LogEntry.decode(piece)).pages().size();
                assertThat(inPiece == 1 || piece.length <= pieceBytesMax).isTrue();
            }
        }
    }

    @Property(tries = 200)
    void rangesOnAWrongBaseAreNoticed(@ForAll long seed) {
        var random = new Random(seed);
        var edits = new PageEdits(random, 1024);
        byte[] base = edits.fresh();
        byte[] image = base.clone();
        image[100] ^= 1;
        try (var encoder = new EntryEncoder()) {
            encoder.begin(Example.transaction(0, 1024, 1));
            encoder.ranges(1, base, 0, image, 0);
            var entry = (LogEntry.Pages) LogEntry.decode(encoder.finish().getFirst());
            PageImage page = entry.pages().getFirst();
            base[200 + random.nextInt(800)] ^= (byte) (1 << random.nextInt(8));
            byte[] other = base.clone();
            assertThatThrownBy(() -> page.applyTo(base)).hasMessageContaining("page 1, ranges: its checksum");
            page.overlayOn(other);
            assertThat(other[100]).isEqualTo(image[100]);
        }
    }
}
