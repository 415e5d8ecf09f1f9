package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TransactionAssemblyTest {

    private static final int PAGES = 4;

    private final TransactionAssembly assembly = new TransactionAssembly(1 << 20);
    private long index;

    @Test
    void piecesOfAnAbandonedTransactionAreNeverGluedToAnother() {
        List<LogEntry.Pages> abandoned = pieces(1);
        List<LogEntry.Pages> next = pieces(2);
        assertThat(add(abandoned.get(0))).isEmpty();
        assertThat(add(abandoned.get(1))).isEmpty();
        for (int i = 0; i < PAGES - 1; i++) {
            assertThat(add(next.get(i))).isEmpty();
        }
        var whole = add(next.getLast()).orElseThrow();
        assertThat(whole.first()).isEqualTo(new LogIndex(3));
        assertThat(whole.index()).isEqualTo(new LogIndex(6));
        assertThat(whole.pages()).hasSize(PAGES);
        assertThat(assembly.pendingSince()).isEmpty();
    }

    @Test
    void theEndOfAnAbandonedTransactionIsNoTransaction() {
        List<LogEntry.Pages> abandoned = pieces(1);
        assertThat(add(abandoned.get(PAGES - 2))).isEmpty();
        assertThat(add(abandoned.get(PAGES - 1))).isEmpty();
        List<LogEntry.Pages> other = pieces(2);
        for (int i = 0; i < PAGES - 1; i++) {
            assertThat(add(other.get(i))).isEmpty();
        }
        assertThat(add(abandoned.get(PAGES - 1))).isEmpty();
        assertThat(assembly.pendingSince()).isEmpty();
    }

    @Test
    void aTransactionOfOnePieceDiscardsWhatWaits() {
        List<LogEntry.Pages> abandoned = pieces(1);
        add(abandoned.get(0));
        assertThat(add(single())).isPresent();
        assertThat(add(abandoned.get(1))).isEmpty();
        assertThat(assembly.pendingSince()).isEmpty();
    }

    @Test
    void pendingPiecesAreBounded() {
        var small = new TransactionAssembly(1000);
        List<LogEntry.Pages> pieces = pieces(1);
        small.add(new LogIndex(1), pieces.getFirst());
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> small.add(new LogIndex(2), pieces.get(1)))
                .matches(e -> e.code() == Code.TRANSACTION_TOO_LARGE);
        assertThat(small.pendingSince()).isEmpty();
    }

    /// What a writer admits by [EntryEncoder#heldBytes] is taken, page by page.
    @Test
    void nothingIsHeldThatItsWriterHasNotCounted() {
        try (var encoder = new EntryEncoder(1)) {
            encoder.begin(new EntryEncoder.Transaction(
                    Example.GROUP, 0, Example.DATABASE, FrameNo.ZERO, 1, true, 512, PAGES));
            for (int pgno = 1; pgno <= PAGES; pgno++) {
                encoder.whole(pgno, new byte[512], 0);
            }
            var exact = new TransactionAssembly(encoder.heldBytes());
            var taken = Optional.<TransactionAssembly.Transaction>empty();
            for (byte[] piece : encoder.finish()) {
                taken = exact.add(new LogIndex(++index), (LogEntry.Pages) LogEntry.decode(piece));
            }
            assertThat(taken).isPresent();
        }
    }

    @Test
    void piecesThatContradictEachOtherAreDamage() {
        List<LogEntry.Pages> pieces = pieces(1);
        LogEntry.Pages second = pieces.get(1);
        add(pieces.getFirst());
        var jumping = new LogEntry.Pages(
                second.group(),
                second.groupEpoch(),
                second.database(),
                second.frame().plus(1),
                second.transaction(),
                second.piece(),
                second.last(),
                second.epochStart(),
                second.pageSize(),
                second.databasePages(),
                second.pages());
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(() -> add(jumping))
                .matches(e -> e.code() == Code.LOG_DAMAGED);
    }

    private Optional<TransactionAssembly.Transaction> add(LogEntry.Pages piece) {
        return assembly.add(new LogIndex(++index), piece);
    }

    private static LogEntry.Pages single() {
        return encode(3, 1, EntryEncoder.PIECE_BYTES_MAX).getFirst();
    }

    /// A transaction of one page a piece.
    private static List<LogEntry.Pages> pieces(long transaction) {
        List<LogEntry.Pages> pieces = encode(transaction, PAGES, 1);
        assertThat(pieces).hasSize(PAGES);
        return pieces;
    }

    private static List<LogEntry.Pages> encode(long transaction, int pages, int pieceBytesMax) {
        try (var encoder = new EntryEncoder(pieceBytesMax)) {
            encoder.begin(new EntryEncoder.Transaction(
                    Example.GROUP, 0, Example.DATABASE, FrameNo.ZERO, transaction, true, 512, PAGES));
            byte[] page = new byte[512];
            new java.util.Random(transaction).nextBytes(page);
            for (int pgno = 1; pgno <= pages; pgno++) {
                encoder.whole(pgno, page, 0);
            }
            var decoded = new ArrayList<LogEntry.Pages>();
            encoder.finish().forEach(piece -> decoded.add((LogEntry.Pages) LogEntry.decode(piece)));
            return decoded;
        }
    }
}
