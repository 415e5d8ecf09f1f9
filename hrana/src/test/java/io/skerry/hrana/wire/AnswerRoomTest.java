package io.skerry.hrana.wire;

import static io.skerry.hrana.wire.AnswerRoom.CAPACITY_INITIAL;
import static io.skerry.hrana.wire.AnswerRoom.Grown.ALL_TAKEN;
import static io.skerry.hrana.wire.AnswerRoom.Grown.DONE;
import static io.skerry.hrana.wire.AnswerRoom.Grown.SHARE_TAKEN;
import static io.skerry.hrana.wire.AnswerRoom.SMALL_MAX;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnswerRoomTest {

    private static final int MIB = 1024 * 1024;

    private final AnswerRoom room = new AnswerRoom(32 * MIB, MIB);

    /// An answer of this capacity.
    private AnswerRoom.Grown grow(Object owner, int capacity) {
        assertThat(room.tryBegin()).isTrue();
        AnswerRoom.Grown grown = room.tryGrow(owner, CAPACITY_INITIAL, capacity);
        if (grown != DONE) {
            room.end(CAPACITY_INITIAL);
        }
        return grown;
    }

    private void end(Object owner, int capacity) {
        room.giveBack(owner, capacity - CAPACITY_INITIAL);
        room.end(capacity);
    }

    @Test
    void anOwnerHasAHalf() {
        assertThat(grow("acme", 10 * MIB)).isEqualTo(DONE);
        assertThat(grow("acme", 7 * MIB)).isEqualTo(SHARE_TAKEN);
        assertThat(grow("acme", 6 * MIB)).isEqualTo(DONE);
        assertThat(grow("other", 8 * MIB)).isEqualTo(DONE);
        assertThat(room.isOverdrawn("acme")).isFalse();
        end("acme", 10 * MIB);
        assertThat(grow("acme", 7 * MIB)).isEqualTo(DONE);
    }

    @Test
    void smallOnesHaveAQuarter() {
        assertThat(grow("one", 12 * MIB)).isEqualTo(DONE);
        assertThat(grow("two", 12 * MIB)).isEqualTo(DONE);
        assertThat(grow("three", SMALL_MAX + 1)).isEqualTo(ALL_TAKEN);
        for (int i = 0; i < 8 * MIB / SMALL_MAX; i++) {
            assertThat(grow(i, SMALL_MAX)).isEqualTo(DONE);
        }
        assertThat(room.tryBegin()).isFalse();
        end(0, SMALL_MAX);
        assertThat(room.tryBegin()).isTrue();
    }

    @Test
    void smallOnesMayHaveAll() {
        for (int i = 0; i < 32 * MIB / SMALL_MAX; i++) {
            assertThat(grow(i, SMALL_MAX)).isEqualTo(DONE);
        }
        assertThat(room.tryBegin()).isFalse();
    }

    @Test
    void whatIsOverdrawnTakesNothingFromSmallOnes() {
        assertThat(room.tryBegin()).isTrue();
        room.overdraw("acme", CAPACITY_INITIAL, 64 * MIB);
        assertThat(room.isOverdrawn("acme")).isTrue();
        assertThat(room.isOverdrawn("other")).isFalse();
        assertThat(grow("other", SMALL_MAX)).isEqualTo(DONE);
        assertThat(grow("other", MIB)).isEqualTo(ALL_TAKEN);
        end("acme", 64 * MIB);
        assertThat(room.isOverdrawn("acme")).isFalse();
        assertThat(grow("other", MIB)).isEqualTo(DONE);
    }

    @Test
    void thereIsRoomForAResultThatMayBe() {
        var narrow = new AnswerRoom(32 * MIB, 30 * MIB);
        assertThat(narrow.tryBegin()).isTrue();
        assertThat(narrow.tryGrow("acme", CAPACITY_INITIAL, 30 * MIB)).isEqualTo(DONE);
    }

    private static JsonBuffer taken(BufferPool pool) {
        return Objects.requireNonNull(pool.take("acme"));
    }

    /// Of a buffer that grew in small steps, a third lies idle at most; of one that grew in one, next to nothing.
    @Test
    void littleOfALargeBufferLiesIdle() {
        var pool = new BufferPool(32 * MIB, MIB);
        JsonBuffer steps = taken(pool);
        byte[] row = new byte[100_000];
        for (int i = 0; i < 50; i++) {
            steps.makeRoom(row.length);
            steps.raw(row);
            assertThat(steps.capacity()).isLessThan(Math.max(2 * MIB, steps.size() * 3 / 2 + row.length));
        }
        pool.give(steps);
        JsonBuffer one = taken(pool);
        one.makeRoom(5_000_000);
        one.raw(new byte[5_000_000]).raw("\"}],\"affected_row_count\":0".getBytes(UTF_8));
        assertThat(one.capacity()).isLessThan(5_010_000);
    }

    @Test
    void whatABufferGrewByIsItsOwnersUntilItIsGivenBack() {
        var pool = new BufferPool(4 * MIB, 1024);
        for (int i = 0; i < 20; i++) {
            JsonBuffer buffer = taken(pool);
            buffer.makeRoom(1_500_000);
            pool.give(buffer);
            JsonBuffer kept = taken(pool);
            kept.makeRoom(20_000);
            pool.give(kept);
        }
    }
}
