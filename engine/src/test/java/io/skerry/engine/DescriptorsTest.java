package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.FakeLog;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A node whose databases may have few file descriptors.
@Timeout(120)
class DescriptorsTest {

    private static final int DESCRIPTORS = 56;
    private static final int DATABASES = 30;
    private static final int READS = 40;
    private static final Duration WAIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final FakeLog log = new FakeLog();
    private final FakeLog apartLog = new FakeLog();
    private Engine engine;
    private GroupStore group;
    private GroupStore apart;
    private FakeLog.Member member;
    private FakeLog.Member apartMember;

    @BeforeEach
    void open() {
        start(WAIT);
    }

    private void start(Duration openWait) {
        engine = new Engine(
                new StorageSettings(
                        1000, Duration.ofHours(1), openWait, 64L << 20, 64L << 20, 4096, 500, 2, DESCRIPTORS),
                QuerySettings.DEFAULT,
                4);
        group = engine.open(new GroupId(new UUID(0, 9)), directory.resolve("group"));
        apart = engine.open(new GroupId(new UUID(0, 10)), directory.resolve("apart"), true);
        member = log.join(group, true);
        apartMember = apartLog.join(apart, true);
    }

    @AfterEach
    void close() {
        member.stop();
        apartMember.stop();
        group.close();
        apart.close();
        engine.close();
    }

    private static DatabaseId id(int number) {
        return new DatabaseId(new UUID(0, number));
    }

    /// Of this test's databases.
    private long descriptors() throws IOException {
        long open = 0;
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : (Iterable<Path>) all::iterator) {
                try {
                    open += Files.readSymbolicLink(descriptor).startsWith(directory) ? 1 : 0;
                } catch (IOException closed) {
                    continue;
                }
            }
        }
        return open;
    }

    private Database create(int number) {
        Database made = group.create(id(number));
        TwoNodes.run(made, "CREATE TABLE t(a); INSERT INTO t VALUES (" + number + ")");
        return made;
    }

    private static long number(Database database) {
        return database.read(connection -> {
            try (var statement = connection.prepare("SELECT a FROM t")) {
                statement.step();
                return statement.columnLong(0);
            }
        });
    }

    @Test
    void moreDatabasesThanFitAreUsedAtOnce() throws Exception {
        for (int i = 1; i <= DATABASES; i++) {
            create(i);
            assertThat(descriptors()).isLessThanOrEqualTo(DESCRIPTORS);
        }
        List<Future<?>> uses = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int use = 0; use < 10 * DATABASES; use++) {
                Database database = group.database(id(1 + use % DATABASES)).orElseThrow();
                uses.add(threads.submit(() -> {
                    TwoNodes.run(database, "UPDATE t SET a = a");
                    return number(database);
                }));
            }
            while (!uses.stream().allMatch(Future::isDone)) {
                assertThat(descriptors()).isLessThanOrEqualTo(DESCRIPTORS);
            }
        }
        for (Future<?> use : uses) {
            use.get();
        }
    }

    @Test
    void readsOfOneDatabaseShareTheConnectionsThatFit() throws Exception {
        Database database = create(1);
        CountDownLatch end = new CountDownLatch(1);
        List<Future<Long>> reads = new ArrayList<>();
        List<Thread> readers = new CopyOnWriteArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(READS, task -> {
            Thread reader = new Thread(task);
            readers.add(reader);
            return reader;
        })) {
            for (int i = 0; i < READS; i++) {
                reads.add(threads.submit(() -> database.read(connection -> {
                    try {
                        assertThat(end.await(60, TimeUnit.SECONDS)).isTrue();
                        return 1L;
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                })));
            }
            Await.until(
                    "all hold a connection or wait for one",
                    () -> readers.size() == READS
                            && readers.stream().allMatch(reader -> reader.getState() == Thread.State.TIMED_WAITING));
            assertThat(descriptors()).isBetween(DESCRIPTORS / 2L, (long) DESCRIPTORS);
            end.countDown();
            for (Future<Long> read : reads) {
                assertThat(read.get()).isEqualTo(1);
            }
        }
        assertThat(descriptors()).isLessThanOrEqualTo(DESCRIPTORS);
    }

    /// What clients hear does not tell where files lie.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatCannotBeOpenedIsNamedWithoutItsPath(boolean gone) throws Exception {
        Database database = create(1);
        for (int i = 2; i <= DATABASES; i++) {
            create(i); // the first is closed for one of them
        }
        Path file = directory.resolve("group").resolve(id(1) + ".db");
        Files.delete(file);
        if (gone) {
            Files.createSymbolicLink(file, directory.resolve("nowhere").resolve("x.db"));
        } else {
            Files.createDirectory(file);
        }
        assertThatThrownBy(() -> number(database))
                .satisfies(e ->
                        assertThat(e.getMessage()).contains("unable to open").doesNotContain(directory.toString()));
    }

    @Test
    void whereAllAreInUseAnotherWaitsAndOneThatIsApartDoesNot() throws Exception {
        close();
        start(Duration.ofSeconds(1));
        List<Session> sessions = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            create(i);
        }
        for (int i = 1; i <= 8; i++) {
            Session session = group.database(id(i)).orElseThrow().openSession(SessionOptions.FULL);
            session.sequence("BEGIN; SELECT * FROM t");
            sessions.add(session);
        }
        assertThatThrownBy(() -> create(9))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
        Database other = apart.create(id(20));
        TwoNodes.run(other, "CREATE TABLE t(a); INSERT INTO t VALUES (7)");
        assertThat(number(other)).isEqualTo(7);
        sessions.forEach(Session::close);
        Database another = group.database(id(9)).orElseThrow();
        TwoNodes.run(another, "CREATE TABLE t(a); INSERT INTO t VALUES (9)");
        assertThat(number(another)).isEqualTo(9);
    }
}
