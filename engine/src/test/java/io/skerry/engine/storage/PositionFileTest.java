package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.storage.PositionFile.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PositionFileTest {

    private static final Position POSITION = new Position(
            History.GROUP,
            History.DATABASE,
            4096,
            new LogIndex(1_000_000_007L),
            new LogIndex(1L << 40),
            new FrameNo(1L << 50),
            LogIndex.BEFORE_FIRST);

    @TempDir
    private Path directory = Path.of("");

    private PositionFile file = new PositionFile(Path.of(""), History.DATABASE);

    @BeforeEach
    void name() {
        file = new PositionFile(directory, History.DATABASE);
    }

    @Test
    void aPositionIsReadAsItWasWritten() {
        assertThat(file.read()).isEqualTo(new Reading.Missing());
        file.write(POSITION);
        assertThat(file.read()).isEqualTo(new Reading.Found(POSITION));
        var next = new Position(
                History.GROUP,
                History.DATABASE,
                512,
                new LogIndex(5),
                new LogIndex(5),
                new FrameNo(9),
                new LogIndex(4));
        file.write(next);
        assertThat(file.read()).isEqualTo(new Reading.Found(next));
    }

    @Test
    void itsNameIsThatOfTheDatabaseAndNothingElseIsLeft() throws IOException {
        file.write(POSITION);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve(History.DATABASE + ".position"));
        }
        file.delete();
        assertThat(directory).isEmptyDirectory();
        file.delete();
    }

    @Test
    void everyTornLengthIsDamage() throws IOException {
        file.write(POSITION);
        byte[] content = Files.readAllBytes(file.path());
        assertThat(content).hasSize(80);
        for (int length = 0; length < content.length; length++) {
            Files.write(file.path(), Arrays.copyOf(content, length));
            assertThat(file.read()).as("%d bytes", length).isInstanceOf(Reading.Damaged.class);
        }
        Files.write(file.path(), Arrays.copyOf(content, content.length + 1));
        assertThat(file.read()).isInstanceOf(Reading.Damaged.class);
    }

    @Test
    void everyFlippedBitIsDamage() throws IOException {
        file.write(POSITION);
        byte[] content = Files.readAllBytes(file.path());
        for (int bit = 0; bit < content.length * 8; bit++) {
            byte[] flipped = content.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file.path(), flipped);
            assertThat(file.read()).as("bit %d", bit).isInstanceOf(Reading.Damaged.class);
        }
    }

    @Test
    void thePositionOfAnotherDatabaseIsDamage() throws IOException {
        file.write(POSITION);
        var other = new PositionFile(directory, DatabaseId.parse("00000000-0000-0000-0000-000000000001"));
        Files.move(file.path(), other.path());
        assertThat(other.read())
                .isInstanceOfSatisfying(
                        Reading.Damaged.class,
                        damaged -> assertThat(damaged.reason())
                                .contains(String.valueOf(other.path().getFileName()))
                                .contains(History.DATABASE.toString()));
        assertThatIllegalArgumentException().isThrownBy(() -> other.write(POSITION));
    }

    @Test
    void whatACrashLeftOfAnUnfinishedWriteIsIgnored() throws IOException {
        file.write(POSITION);
        Files.writeString(directory.resolve(History.DATABASE + ".position.next"), "half a");
        assertThat(file.read()).isEqualTo(new Reading.Found(POSITION));
        file.write(POSITION);
        assertThat(file.read()).isEqualTo(new Reading.Found(POSITION));
    }

    @Test
    void aFileThatCannotBeReadIsNeitherMissingNorDamaged() throws IOException {
        Files.createDirectory(file.path());
        assertThatExceptionOfType(DatabaseException.class)
                .isThrownBy(file::read)
                .matches(e -> e.code() == Code.UNAVAILABLE);
    }

    @Test
    void aPositionThatContradictsItselfIsNotMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Position(
                        History.GROUP,
                        History.DATABASE,
                        4096,
                        new LogIndex(6),
                        new LogIndex(5),
                        FrameNo.ZERO,
                        LogIndex.BEFORE_FIRST));
    }
}
