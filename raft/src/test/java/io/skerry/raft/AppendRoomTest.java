package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AppendRoomTest {

    private final AppendRoom room = new AppendRoom(3, 8 << 10, Duration.ofMillis(1));

    @Test
    void isFullByItsEntriesOrByTheirBytes() {
        assertThat(room.take(6 << 10)).isTrue();
        assertThat(room.take(2 << 10)).isFalse();
        assertThat(room.take(1)).isTrue();
        room.giveBack(6 << 10);
        assertThat(room.take(1)).isTrue();
        assertThat(room.take(1)).isTrue();
        assertThat(room.take(1)).isFalse();
    }

    @Test
    void whoDoesNotWaitTakesWhatIsFree() throws InterruptedException {
        assertThat(room.takeNow(6 << 10)).isTrue();
        assertThat(room.takeNow(2 << 10)).isFalse();
        assertThat(room.takeNow(1)).isTrue();
        room.giveBack(6 << 10);
        room.giveBack(1);
        assertThat(room.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void whoseBytesFindNoPlaceKeepsNone() throws InterruptedException {
        assertThat(room.take(7 << 10)).isTrue();
        assertThat(room.take(1 << 10)).isFalse();
        room.giveBack(7 << 10);
        assertThat(room.awaitEmpty(Duration.ZERO)).isTrue();
    }

    @Test
    void isNotEmptyWhileAnEntryHasItsPlaceAndTakesEntriesAfterItWas() throws InterruptedException {
        assertThat(room.take(1)).isTrue();
        assertThat(room.awaitEmpty(Duration.ofMillis(1))).isFalse();
        room.giveBack(1);
        assertThat(room.awaitEmpty(Duration.ZERO)).isTrue();
        assertThat(room.take(1)).isTrue();
    }
}
