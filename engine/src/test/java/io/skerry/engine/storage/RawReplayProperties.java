package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

class RawReplayProperties {

    private static final int TRANSACTIONS = 30;

    private Path directory = Path.of("");
    private Path file = Path.of("");

    @BeforeProperty
    void createDirectory() throws IOException {
        directory = Files.createTempDirectory("raw-replay");
        file = directory.resolve("database");
    }

    @AfterProperty
    void deleteDirectory() throws IOException {
        Files.deleteIfExists(file);
        Files.delete(directory);
    }

    @Property(tries = 200)
    void anyMixtureOfStatesBecomesTheExactFile(@ForAll long seed) throws IOException {
        var random = new Random(seed);
        try (var history = new History(random, TRANSACTIONS)) {
            int from = random.nextInt(TRANSACTIONS);
            int consistent = from + random.nextInt(TRANSACTIONS - from);
            Files.write(file, history.fuzzyCopy(from, consistent));

            Position reached = replay(history, history.position(from, consistent), history.commits.get(consistent));
            assertThat(Files.readAllBytes(file)).isEqualTo(history.states.get(consistent));
            assertThat(reached).isEqualTo(history.position(consistent, consistent));

            // From here on every page is verified.
            reached = replay(history, reached, history.commits.getLast());
            assertThat(Files.readAllBytes(file)).isEqualTo(history.states.getLast());
            assertThat(reached).isEqualTo(history.position(TRANSACTIONS, TRANSACTIONS));
        }
    }

    @Property(tries = 50)
    void theWholeLogGivesTheFileFromNothing(@ForAll long seed) throws IOException {
        try (var history = new History(new Random(seed), TRANSACTIONS)) {
            Files.deleteIfExists(file);
            replay(history, history.position(0, 0), history.commits.getLast());
            assertThat(Files.readAllBytes(file)).isEqualTo(history.states.getLast());
        }
    }

    @Property(tries = 50)
    void aReplayThatWasCutShortMayBeginAgain(@ForAll long seed) throws IOException {
        var random = new Random(seed);
        try (var history = new History(random, TRANSACTIONS)) {
            int from = random.nextInt(TRANSACTIONS / 2);
            int cut = from + random.nextInt(TRANSACTIONS / 2);
            Files.write(file, history.fuzzyCopy(from, cut));
            Position position = history.position(from, TRANSACTIONS);
            replay(history, position, history.commits.get(cut));
            replay(history, position, history.commits.getLast());
            assertThat(Files.readAllBytes(file)).isEqualTo(history.states.getLast());
        }
    }

    /// The control: the same copies and the same changes told relatively do not come out right, so the
    /// mixtures are bad enough to be worth testing.
    @Example
    void relativeDeltasWouldNotSurviveTheSameMixtures() {
        int wrong = 0;
        for (int seed = 0; seed < 50; seed++) {
            var random = new Random(seed);
            try (var history = new History(random, TRANSACTIONS)) {
                int from = random.nextInt(TRANSACTIONS);
                int consistent = from + random.nextInt(TRANSACTIONS - from);
                byte[] copy = history.fuzzyCopy(from, consistent);
                byte[] replayed = replayRelative(history, copy, from);
                wrong += Arrays.equals(replayed, history.states.getLast()) ? 0 : 1;
            }
        }
        assertThat(wrong).isGreaterThan(10);
    }

    private Position replay(History history, Position position, LogIndex upTo) {
        try (var replay = RawReplay.open(file, position)) {
            // From before the position: what is in the file already must not matter.
            long start = Math.max(0, position.replayFrom().value() - 3);
            for (long index = start; index <= upTo.value(); index++) {
                var entry = (LogEntry.Pages) LogEntry.decode(history.log.get((int) index));
                replay.apply(new LogIndex(index), entry);
            }
            return replay.position();
        }
    }

    private static byte[] replayRelative(History history, byte[] copy, int from) {
        byte[] file = copy;
        for (int i = from + 1; i <= TRANSACTIONS; i++) {
            byte[] before = history.states.get(i - 1);
            byte[] after = history.states.get(i);
            file = Arrays.copyOf(file, after.length);
            for (int at = 0; at < after.length; at++) {
                boolean absolute = at < history.pageSize || at >= before.length;
                file[at] = absolute ? after[at] : (byte) (file[at] ^ before[at] ^ after[at]);
            }
        }
        return file;
    }
}
