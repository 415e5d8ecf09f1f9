package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.EntryEncoder;
import io.skerry.engine.entry.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawReplayTest {

    private static final int PAGE_SIZE = 1024;

    @TempDir
    private Path directory = Path.of("");

    private final EntryEncoder encoder = new EntryEncoder();
    private final byte[] first = new byte[PAGE_SIZE];
    private final byte[] second = new byte[PAGE_SIZE];
    private Path file = Path.of("");

    @BeforeEach
    void fill() {
        file = directory.resolve("database");
        new Random(1).nextBytes(first);
        System.arraycopy(first, 0, second, 0, PAGE_SIZE);
        second[500]++;
    }

    @AfterEach
    void close() {
        encoder.close();
    }

    @Test
    void aDamagedBaseIsFoundOnceItMustBeRight() throws IOException {
        byte[] damaged = first.clone();
        damaged[7] ^= 0x10;
        Files.write(file, damaged);
        try (var replay = RawReplay.open(file, position(5, 5))) {
            assertCode(Code.LOG_DAMAGED, () -> replay.apply(new LogIndex(6), ranges(1)));
            assertThat(replay.position()).isEqualTo(position(5, 5));
        }
        // The same file may be a mixture of later states until the replay is past consistentAt.
        try (var replay = RawReplay.open(file, position(5, 6))) {
            replay.apply(new LogIndex(6), ranges(1));
            assertThat(replay.position().replayFrom()).isEqualTo(new LogIndex(6));
        }
    }

    @Test
    void aMissingEntryIsFoundByTheFrameNumber() throws IOException {
        Files.write(file, first);
        try (var replay = RawReplay.open(file, position(5, 5))) {
            assertCode(Code.LOG_DAMAGED, () -> replay.apply(new LogIndex(7), ranges(2)));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void aTransactionMadeOnAnEarlierStateIsLeftOut() throws IOException {
        Files.write(file, first);
        try (var replay = RawReplay.open(file, position(5, 5))) {
            replay.apply(new LogIndex(6), ranges(0));
            assertThat(replay.position()).isEqualTo(position(5, 5));
            replay.apply(new LogIndex(7), ranges(1));
            assertThat(replay.position().replayFrom()).isEqualTo(new LogIndex(7));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(second);
    }

    @Test
    void entriesUpToThePositionChangeNothing() throws IOException {
        Files.write(file, first);
        try (var replay = RawReplay.open(file, position(5, 5))) {
            replay.apply(new LogIndex(5), ranges(0));
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
    }

    @Test
    void aFileThatShouldBeThereIsNotMadeUp() {
        assertCode(Code.UNAVAILABLE, () -> RawReplay.open(file, position(5, 5)).close());
        assertThat(file).doesNotExist();
    }

    @Test
    void theStartOfAnEpochIsItsFirstEntry() throws IOException {
        Files.write(file, first);
        try (var replay = RawReplay.open(file, position(5, 9))) {
            replay.apply(new LogIndex(6), whole(1, true, DATABASE));
            replay.apply(new LogIndex(8), whole(2, false, DATABASE));
            assertThat(replay.position().epochStart()).isEqualTo(new LogIndex(6));
            assertThat(replay.position().replayFrom()).isEqualTo(new LogIndex(8));
            assertThat(replay.position().consistentAt()).isEqualTo(new LogIndex(9));
            assertThat(replay.position().frame()).isEqualTo(new FrameNo(3));
        }
    }

    @Test
    void anEntryOfAnotherDatabaseIsRefused() throws IOException {
        Files.write(file, first);
        var other = DatabaseId.parse("00000000-0000-0000-0000-000000000001");
        try (var replay = RawReplay.open(file, position(5, 5))) {
            assertCode(Code.LOG_DAMAGED, () -> replay.apply(new LogIndex(6), whole(1, false, other)));
        }
    }

    private static final DatabaseId DATABASE = History.DATABASE;

    private static void assertCode(Code code, ThrowingCallable call) {
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(call).matches(e -> e.code() == code);
    }

    private static Position position(long replayFrom, long consistentAt) {
        return new Position(
                History.GROUP,
                DATABASE,
                PAGE_SIZE,
                new LogIndex(replayFrom),
                new LogIndex(consistentAt),
                new FrameNo(1),
                LogIndex.BEFORE_FIRST);
    }

    private LogEntry.Pages ranges(long frameBefore) {
        begin(frameBefore, false, DATABASE);
        encoder.ranges(1, first, 0, second, 0);
        return finish();
    }

    private LogEntry.Pages whole(long frameBefore, boolean epochStart, DatabaseId database) {
        begin(frameBefore, epochStart, database);
        encoder.whole(1, second, 0);
        return finish();
    }

    private void begin(long frameBefore, boolean epochStart, DatabaseId database) {
        encoder.begin(new EntryEncoder.Transaction(
                History.GROUP, 0, database, new FrameNo(frameBefore), 1, epochStart, PAGE_SIZE, 1));
    }

    private LogEntry.Pages finish() {
        List<byte[]> pieces = encoder.finish();
        assertThat(pieces).hasSize(1);
        return (LogEntry.Pages) LogEntry.decode(pieces.getFirst());
    }
}
