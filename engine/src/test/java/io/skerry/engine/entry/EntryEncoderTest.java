package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.skerry.engine.FrameNo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntryEncoderTest {

    private final EntryEncoder encoder = new EntryEncoder(1);
    private final byte[] page = new byte[512];

    @AfterEach
    void close() {
        encoder.close();
    }

    @Test
    void nothingOfADiscardedTransactionReachesTheNext() {
        encoder.begin(Example.transaction(0, 512, 9));
        encoder.whole(8, page, 0);
        encoder.whole(9, page, 0);
        assertThat(encoder.bytes()).isPositive();
        encoder.discard();
        assertThat(encoder.bytes()).isZero();
        assertThatIllegalStateException().isThrownBy(encoder::finish);

        encoder.begin(Example.transaction(4, 512, 2));
        encoder.whole(1, page, 0);
        var entry = (LogEntry.Pages) LogEntry.decode(encoder.finish().getFirst());
        assertThat(entry.frame()).isEqualTo(new FrameNo(5));
        assertThat(entry.pages()).hasSize(1);
        assertThat(entry.last()).isTrue();
        assertThat(entry.transaction()).isZero();
    }

    @Test
    void pagesOutOfOrderOrBeyondTheEndAreRefused() {
        encoder.begin(Example.transaction(0, 512, 4));
        encoder.whole(2, page, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.whole(2, page, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.ranges(1, page, 0, page, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.whole(5, page, 0));
    }

    @Test
    void theBytesCountedAreThoseOfThePieces() {
        encoder.begin(Example.transaction(0, 512, 4));
        for (int pgno = 1; pgno <= 4; pgno++) {
            encoder.whole(pgno, page, 0);
        }
        long counted = encoder.bytes();
        long total = encoder.finish().stream().mapToLong(piece -> piece.length).sum();
        // Only the head of the last piece was not counted yet.
        assertThat(total).isBetween(counted, counted + 100);
    }
}
