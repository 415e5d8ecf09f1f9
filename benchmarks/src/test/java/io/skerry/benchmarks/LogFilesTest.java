package io.skerry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {

    @TempDir
    Path directory;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    private void head() {
        file.writeBytes(new byte[8]);
    }

    private void entry(int length) {
        for (int left = length; ; left >>>= 7) {
            file.write(left < 0x80 ? left : (left & 0x7F) | 0x80);
            if (left < 0x80) {
                break;
            }
        }
        file.writeBytes(new byte[length + 4]);
    }

    private Path written() throws IOException {
        Path path = Files.createDirectories(directory.resolve("fra/raft/log/group/current"))
                .resolve("log_inprogress_0");
        return Files.write(path, file.toByteArray());
    }

    @Test
    void onlyEntriesCountAndNotWhatTheFileKeepsFreeAfterThem() throws IOException {
        head();
        entry(5);
        entry(300);
        file.writeBytes(new byte[1000]);
        written();

        assertThat(LogFiles.size(directory)).isEqualTo(new LogFiles.Size(2, 305));
    }

    @Test
    void aFileThatIsFullToItsEndIsRead() throws IOException {
        head();
        entry(20_000);
        assertThat(LogFiles.sizeOf(written())).isEqualTo(new LogFiles.Size(1, 20_000));
    }

    @Test
    void aFileThatEndsWithinAnEntryIsNoMeasure() throws IOException {
        head();
        file.write(100);
        file.writeBytes(new byte[50]);
        Path path = written();
        assertThatThrownBy(() -> LogFiles.sizeOf(path)).isInstanceOf(IOException.class);
    }
}
