package io.skerry.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A file system of a few megabytes in memory. It lives in a mount namespace of its own, which a process holds open:
/// with that process it is gone, whatever becomes of the test.
final class SmallDisk implements AutoCloseable {

    private final Path mounted;
    private final Process holder;
    private final List<String> enter;

    private SmallDisk(Path mounted, Process holder, List<String> enter) {
        this.mounted = mounted;
        this.holder = holder;
        this.enter = enter;
    }

    /// Empty where neither root's rights nor a user namespace allow to mount anything.
    ///
    /// @param at an empty directory
    static Optional<SmallDisk> mount(Path at, int megabytes) throws IOException {
        Optional<SmallDisk> ofRoot = mount(at, megabytes, List.of("-m"), List.of("-m"));
        return ofRoot.isPresent()
                ? ofRoot
                : mount(at, megabytes, List.of("-r", "-m"), List.of("-U", "--preserve-credentials", "-m"));
    }

    private static Optional<SmallDisk> mount(Path at, int megabytes, List<String> unshare, List<String> enter)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare"));
        command.addAll(unshare);
        command.addAll(List.of(
                "sh",
                "-c",
                "mount -t tmpfs -o size=" + megabytes + "m tmpfs \"$0\" && echo mounted && read end",
                at.toString()));
        Process holder;
        try {
            holder = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException noSuchCommand) {
            return Optional.empty();
        }
        BufferedReader output = holder.inputReader(StandardCharsets.UTF_8);
        if (!"mounted".equals(output.readLine())) {
            holder.destroyForcibly();
            return Optional.empty();
        }
        List<String> prefix = new ArrayList<>(List.of("nsenter", "-t", Long.toString(holder.pid())));
        prefix.addAll(enter);
        return Optional.of(new SmallDisk(at, holder, prefix));
    }

    /// The directory `name` on this disk, with everything that the process prints in `log`, on another one.
    DevProcess.Place place(String name, Path log) {
        return new DevProcess.Place(mounted.resolve(name), seen(name), log, enter);
    }

    private Path seen(String name) {
        return Path.of("/proc/" + holder.pid() + "/root" + mounted).resolve(name);
    }

    /// Takes all the space that is left.
    void fill() {
        try (OutputStream out =
                Files.newOutputStream(seen("ballast"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // as it should be
        }
    }

    /// Gives back all but `bytes` of what [#fill] took.
    void free(long bytes) {
        try (FileChannel ballast = FileChannel.open(seen("ballast"), StandardOpenOption.WRITE)) {
            ballast.truncate(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        holder.destroyForcibly().onExit().join();
    }
}
