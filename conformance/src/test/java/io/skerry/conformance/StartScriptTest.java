package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./skerry` says where something is missing that it needs: one sentence with what to install. It
/// runs in a directory of its own, and finds only the programs that the test puts there.
class StartScriptTest {

    /// What any system has.
    private static final List<String> BASIC = List.of("dirname", "find", "head", "readlink", "sed");

    private static final Map<String, String> JDK = Map.of("JAVA_HOME", System.getProperty("java.home"));

    @TempDir
    private Path directory;

    private Path programs;
    private Path script;

    @BeforeEach
    void copy() throws IOException {
        programs = Files.createDirectory(directory.resolve("bin"));
        for (String program : BASIC) {
            put(program, "exec '" + installed(program) + "' \"$@\"");
        }
        script = Files.copy(Path.of("..", "skerry"), directory.resolve("skerry"));
    }

    private static Path installed(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + program));
    }

    /// Of these the script only asks whether they are there.
    private void pretend(String... names) throws IOException {
        for (String name : names) {
            put(name, "exit 9");
        }
    }

    private void put(String name, String does) throws IOException {
        Path program = Files.writeString(programs.resolve(name), "#!" + installed("bash") + "\n" + does + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private void says(Map<String, String> environment, String sentence) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(installed("bash").toString(), script.toString(), "dev")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("PATH", programs.toString());
        builder.environment().put("HOME", directory.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(output, StandardCharsets.UTF_8)).isEqualTo("skerry: " + sentence + "\n");
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(directory.resolve(".skerry-cache"))
                .as("what a build begins with")
                .doesNotExist();
    }

    /// The script also looks where systems install JDKs, so it is told to want one that no system has.
    @Test
    void whereThereIsNoJdk() throws IOException, InterruptedException {
        String text = Files.readString(script);
        assertThat(text).containsOnlyOnce("\nneeded=25\n");
        Files.writeString(script, text.replace("\nneeded=25\n", "\nneeded=999\n"));
        says(
                JDK,
                "Java 999 or newer is needed: install a JDK (for example Temurin from https://adoptium.net) or set"
                        + " JAVA_HOME to one");
    }

    @Test
    void whereThereIsNoMaven() throws IOException, InterruptedException {
        pretend("npm", "cc");
        says(JDK, "building needs Apache Maven 3.8 or newer: install it (https://maven.apache.org) and try again");
    }

    @Test
    void whereThereIsNoNpm() throws IOException, InterruptedException {
        pretend("mvn", "cc");
        says(JDK, "building needs npm, which SQLite's source code comes from: install Node.js and try again");
    }

    @Test
    void whereThereIsNoCompiler() throws IOException, InterruptedException {
        pretend("mvn", "npm");
        says(JDK, "building needs a C compiler for SQLite: install gcc or clang and try again");
    }

    @Test
    void whereNothingIsBuiltAndNothingIsToBe() throws IOException, InterruptedException {
        says(
                Map.of("JAVA_HOME", System.getProperty("java.home"), "SKERRY_NO_BUILD", "1"),
                "nothing is built in " + directory.toRealPath().resolve("server/target/skerry")
                        + ": run ./skerry without SKERRY_NO_BUILD");
    }
}
