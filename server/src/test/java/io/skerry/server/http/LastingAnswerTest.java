package io.skerry.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.CloseConnectionException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// On a clock of its own: a client that takes pieces of 64 KiB, 16 of which are a MiB, in so many seconds each.
class LastingAnswerTest {

    private static final int PIECE = 64 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private final Watch watch = new Watch(Thread.currentThread());
    private long now;

    private LastingAnswer takenIn(int secondsAPiece) {
        OutputStream client = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("byte by byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                assertThat(length).isEqualTo(PIECE);
                now += Duration.ofSeconds(secondsAPiece).toNanos();
                watch.strikeIfLate(now);
            }
        };
        return new LastingAnswer(client, watch, LIMIT, () -> now);
    }

    @Test
    void aClientThatTakesEachMibInTimeMayTakeAnyNumber() throws Exception {
        LastingAnswer answer = takenIn(6);
        for (int piece = 0; piece < 1000; piece++) {
            answer.write(new byte[PIECE]);
        }
        assertThat(now).isEqualTo(Duration.ofSeconds(6000).toNanos());
    }

    @Test
    void oneThatTakesLessIsCutOffHoweverOftenItTakesSomething() throws Exception {
        LastingAnswer answer = takenIn(7);
        for (int piece = 0; piece < 14; piece++) {
            answer.write(new byte[PIECE]);
        }
        assertThatThrownBy(() -> answer.write(new byte[PIECE])).isInstanceOf(CloseConnectionException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /// Of which it cannot be told before its end that it is taken.
    @Test
    void aLargePieceIsWrittenInSmallOnes() throws Exception {
        takenIn(6).write(new byte[40 * PIECE]);
        assertThat(now).isEqualTo(Duration.ofSeconds(240).toNanos());
    }

    @Test
    void whatIsBetweenTwoPiecesIsNotTheClientsTime() throws Exception {
        LastingAnswer answer = takenIn(6);
        for (int piece = 0; piece < 20; piece++) {
            answer.write(new byte[PIECE]);
            now += LIMIT.toNanos();
            watch.strikeIfLate(now);
        }
        assertThat(Thread.interrupted()).isFalse();
    }
}
