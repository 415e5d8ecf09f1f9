package io.skerry.sqlite.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.CRC32;

/// Finds the shared library and loads it once per process.
///
/// The file that the system property `skerry.sqlite.library` names, otherwise the one in our jar, which is
/// written once to `$XDG_CACHE_HOME/skerry/sqlite` (`~/.cache` if unset) under its size and checksum.
final class Library {
    static final String PROPERTY = "skerry.sqlite.library";

    // Never unloaded: upcall stubs and the VFS structure live as long as the process.
    private static final SymbolLookup SYMBOLS = load();

    private Library() {}

    static MemorySegment symbol(String name) {
        return SYMBOLS.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        "the SQLite library has no " + name + ": it was not built by this project's build"));
    }

    private static SymbolLookup load() {
        Path file = find();
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw missing("the SQLite library " + file + " cannot be loaded: name another one with -D" + PROPERTY, e);
        }
    }

    private static UnsatisfiedLinkError missing(String message, Exception cause) {
        UnsatisfiedLinkError error = new UnsatisfiedLinkError(message);
        error.initCause(cause);
        return error;
    }

    private static Path find() {
        String named = System.getProperty(PROPERTY);
        return named != null ? Path.of(named).toAbsolutePath() : extracted();
    }

    private static Path extracted() {
        String resource = "/io/skerry/sqlite/native/" + platform();
        try (InputStream in = Library.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new UnsatisfiedLinkError(
                        "no SQLite library for " + platform() + " in this build: build the sqlite"
                                + " module on this platform, or name a library with -D" + PROPERTY);
            }
            return extract(in.readAllBytes(), cacheDirectory(), fileName());
        } catch (IOException e) {
            throw missing("the SQLite library cannot be written to " + cacheDirectory(), e);
        }
    }

    /// Writes `content` to a file below `cache` unless it is there already; safe against other processes that
    /// do the same, and against a file that was cut short or changed.
    static Path extract(byte[] content, Path cache, String fileName) throws IOException {
        Path directory = cache.resolve(content.length + "-" + HexFormat.of().toHexDigits((int) checksum(content)));
        Path file = directory.resolve(fileName);
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
            return file;
        }
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(directory, ownerOnly);
        Path temporary = Files.createTempFile(directory, fileName, ".tmp");
        try {
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    private static Path cacheDirectory() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
        return base.resolve("skerry").resolve("sqlite");
    }

    private static String platform() {
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String arch = machine.equals("amd64") ? "x86_64" : machine.equals("arm64") ? "aarch64" : machine;
        return (isMac() ? "darwin-" : "linux-") + arch + "/" + fileName();
    }

    private static String fileName() {
        return isMac() ? "libskerry_sqlite.dylib" : "libskerry_sqlite.so";
    }

    private static boolean isMac() {
        return System.getProperty("os.name").startsWith("Mac");
    }

    /// Tells one build from another; that a file holds the very bytes is seen by comparing them. A cryptographic hash
    /// would cost the start of a process more than everything else that loads the library.
    private static long checksum(byte[] content) {
        CRC32 checksum = new CRC32();
        checksum.update(content);
        return checksum.getValue();
    }
}
