package io.skerry.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletionsTest {

    @TempDir
    private Path directory;

    private final Deletions deletions = new Deletions();
    private final AtomicInteger attempts = new AtomicInteger();

    private void failing() throws IOException {
        attempts.incrementAndGet();
        throw new IOException("planned");
    }

    @Test
    void whatFailsIsTriedAgainWhenItIsDueAfterLongerAndLongerPauses() {
        long start = System.nanoTime();
        assertThat(deletions.run("it", this::failing)).isTrue();
        deletions.look(start);
        assertThat(attempts).hasValue(1);
        int looks = 0;
        for (long at = start;
                at - start < Duration.ofHours(1).toNanos();
                at += Duration.ofSeconds(1).toNanos()) {
            deletions.look(at);
            looks++;
        }
        // 1, 2, 4 ... 256 s, then every 5 minutes.
        assertThat(attempts.get()).isBetween(15, 25).isLessThan(looks);
        assertThat(deletions.isWaiting()).isTrue();
    }

    @Test
    void whatSucceedsIsOver() {
        deletions.run("it", () -> {
            if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("planned");
            }
        });
        long at = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            at += Duration.ofMinutes(5).toNanos();
            deletions.look(at);
        }
        assertThat(attempts).hasValue(3);
        assertThat(deletions.isWaiting()).isFalse();
    }

    @Test
    void noMoreThanAFixedNumberWait() {
        for (int i = 0; i < Deletions.MAX; i++) {
            assertThat(deletions.run("one", this::failing)).isTrue();
        }
        assertThat(deletions.run("one more", this::failing)).isFalse();
        attempts.set(0);
        deletions.look(System.nanoTime() + Duration.ofHours(1).toNanos());
        assertThat(attempts).hasValue(Deletions.MAX);
    }

    @Test
    void aDirectoryIsOutOfTheWayAtOnceAndGoneWhenThatSucceeds() throws IOException {
        Path group = Files.createDirectories(directory.resolve("groups/1"));
        Files.createFile(group.resolve("file"));
        Path place = directory.resolve("deleted");
        var deleted = new DeletedDirectories(place, deletions, tree -> {
            if (attempts.incrementAndGet() <= 2) {
                throw new IOException("planned");
            }
            FileTree.delete(tree);
        });

        deleted.delete(group);
        assertThat(group).doesNotExist();
        assertThat(place.resolve("1-1/file")).exists();
        Files.createDirectories(group);
        deleted.delete(group);
        deleted.delete(group);
        assertThat(group).doesNotExist();
        assertThat(place.resolve("1-2")).exists();

        deletions.look(System.nanoTime() + Duration.ofHours(1).toNanos());
        assertThat(place).isEmptyDirectory();
        assertThat(deletions.isWaiting()).isFalse();
    }

    @Test
    void whatACrashLeftIsSwept() throws IOException {
        Path place = directory.resolve("deleted");
        var deleted = new DeletedDirectories(place, deletions, FileTree::delete);
        deleted.sweep();
        Files.createDirectories(place.resolve("1-1/log"));
        deleted.sweep();
        assertThat(place).isEmptyDirectory();
    }
}
