package io.skerry.engine.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// A file system of a few megabytes in memory, mounted where this process sees it: SQLite resolves every link, so
/// one in a namespace of its own, which needs no root, can only be shown to other processes.
public final class SmallDisk implements AutoCloseable {

    private final Path mounted;

    private SmallDisk(Path mounted) {
        this.mounted = mounted;
    }

    /// Where that is not allowed the test is skipped, and says so.
    ///
    /// @param at an empty directory
    public static SmallDisk mountOrSkip(Path at, int megabytes) {
        boolean mounted;
        try {
            mounted = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", at.toString());
        } catch (IOException noSuchCommand) {
            mounted = false;
        }
        assumeTrue(mounted, "SKIPPED: what happens on a full disk is not tested, no tmpfs can be mounted here");
        return new SmallDisk(at);
    }

    private static boolean run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        try {
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /// A file or directory on this disk.
    public Path resolve(String name) {
        return mounted.resolve(name);
    }

    /// Takes all the space there is but `spare` bytes.
    public void fill(long spare) {
        takeAll();
        try (FileChannel ballast = FileChannel.open(ballast(), StandardOpenOption.WRITE)) {
            ballast.truncate(Math.max(0, ballast.size() - spare));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void takeAll() {
        try (OutputStream out =
                Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // as it should be
        }
    }

    /// Gives back what [#fill] took.
    public void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return mounted.resolve("ballast");
    }

    /// Nobody sees it any more; it is gone when the last file on it is closed.
    @Override
    public void close() throws IOException {
        run("umount", "-l", mounted.toString());
    }
}
