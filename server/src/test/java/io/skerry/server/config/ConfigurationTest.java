package io.skerry.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.fleet.FleetLimits;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.hrana.HranaSettings;
import io.skerry.raft.RaftSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

    @TempDir
    Path directory;

    @Test
    void defaultsAreThoseThatTheModulesTake() {
        Configuration defaults = Configuration.defaults();

        assertThat(Limits.hrana(defaults)).isEqualTo(HranaSettings.defaults());
        assertThat(Limits.query(defaults)).isEqualTo(QuerySettings.DEFAULT);
        assertThat(Limits.storage(defaults)).isEqualTo(StorageSettings.DEFAULT);
        assertThat(Limits.raft(defaults)).isEqualTo(RaftSettings.defaults());
        assertThat(Limits.fleetSteps(defaults)).isEqualTo(FleetLimits.DEFAULT);
    }

    @Test
    void theStepsOfTheFleetTakeTheirSettings() {
        FleetLimits limits = Limits.fleetSteps(
                Configuration.load(Map.of("groups.join-answer", "0s", "databases.fill-time", "1m"), Map.of(), null));

        assertThat(limits.addition()).isZero();
        assertThat(limits.copy()).hasMinutes(1);
        assertThatThrownBy(() -> Configuration.load(Map.of("groups.join-answer", "61s"), Map.of(), null))
                .hasMessageContaining("from 0s to 1m");
    }

    @Test
    void flagsWinOverEnvironmentOverFileOverDefaults() throws IOException {
        Path file = file("streams:\n  idle-time: 3s\n  max: 30\n  per-database: 3\n");
        Map<String, String> environment = Map.of("SKERRY_STREAMS_MAX", "20", "SKERRY_STREAMS_PER_DATABASE", "2");

        Configuration loaded = Configuration.load(Map.of("streams.per-database", "1"), environment, file);

        assertThat(loaded.get(Settings.STREAM_IDLE)).isEqualTo(Duration.ofSeconds(3));
        assertThat(loaded.get(Settings.STREAMS)).isEqualTo(20);
        assertThat(loaded.get(Settings.STREAMS_PER_DATABASE)).isEqualTo(1);
        assertThat(loaded.get(Settings.CONNECTIONS)).isEqualTo(2000);
    }

    @Test
    void anUnknownNameIsRefusedWithTheOneThatWasMeant() throws IOException {
        assertThatThrownBy(() -> Configuration.load(Map.of("stream.max", "1"), Map.of(), null))
                .isInstanceOf(ConfigException.class)
                .hasMessage("unknown setting 'stream.max' in --set; did you mean 'streams.max'?");
        Path file = file("http:\n  bodybytes: 1MiB\n");
        assertThatThrownBy(() -> Configuration.load(Map.of(), Map.of(), file))
                .hasMessageContaining("'http.bodybytes'")
                .hasMessageContaining(file.toString())
                .hasMessageContaining("did you mean 'http.body-bytes'?");
    }

    @Test
    void aNameThatIsNearNothingGetsNoSuggestion() {
        assertThatThrownBy(() -> Configuration.load(Map.of("colour", "blue"), Map.of(), null))
                .hasMessage("unknown setting 'colour' in --set");
    }

    @Test
    void aValueThatCannotBeIsRefusedWithWhatItMustBe() {
        assertThatThrownBy(() -> Configuration.load(Map.of("streams.max", "many"), Map.of(), null))
                .hasMessage("streams.max in --set is 'many', but must be a whole number from 1 to 10000000");
        assertThatThrownBy(() -> Configuration.load(Map.of(), Map.of("SKERRY_HTTP_BODY_BYTES", "9999999GiB"), null))
                .hasMessageContaining("the environment variable SKERRY_HTTP_BODY_BYTES")
                .hasMessageContaining("from 1KiB to 1GiB");
        assertThatThrownBy(() -> Configuration.load(Map.of("sql.statement-time", "5 parsecs"), Map.of(), null))
                .hasMessageContaining("a duration such as 250ms, 5s or 2m");
        assertThatThrownBy(() -> Configuration.load(Map.of("log.format", "xml"), Map.of(), null))
                .hasMessage("log.format in --set is 'xml', but must be one of text, json");
    }

    @ParameterizedTest
    @CsvSource({
        "http.body-bytes, http.bodies-bytes, 2KiB, 1KiB",
        "results.bytes, results.total-bytes, 2KiB, 1KiB",
        "uploads.bytes, uploads.organization-bytes, 2KiB, 1KiB",
        "uploads.organization-bytes, uploads.total-bytes, 128GiB, 127GiB",
    })
    void aPartThatIsMoreThanItsWholeIsRefused(String part, String whole, String more, String less) {
        Map<String, String> environment = Map.of(
                "SKERRY_" + whole.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), less);
        assertThatThrownBy(() -> Configuration.load(Map.of(part, more), environment, null))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        part + " is '" + more + "', but must not be more than " + whole + ", which is '" + less + "'");
        assertThat(Configuration.load(Map.of(part, less, whole, less), Map.of(), null))
                .as("as large as the whole")
                .isNotNull();
    }

    @Test
    void aDefaultThatDoesNotGoWithWhatWasSetIsCalledOne() {
        assertThatThrownBy(() -> Configuration.load(Map.of("uploads.organization-bytes", "64MiB"), Map.of(), null))
                .hasMessage("uploads.bytes is '32GiB' by default, but must not be more than"
                        + " uploads.organization-bytes, which is '64MiB'");
        assertThatThrownBy(() -> Configuration.load(Map.of("uploads.organization-bytes", "1024GiB"), Map.of(), null))
                .hasMessage("uploads.organization-bytes is '1024GiB', but must not be more than uploads.total-bytes,"
                        + " which is '128GiB' by default");
    }

    @Test
    void aFileThatIsNoListOfSettingsIsRefused() throws IOException {
        for (String text :
                new String[] {"- a\n", "just words", "streams:\n  max:\n", "a: [1, 2]\n", "a: b: c", "\t{"}) {
            Path file = file(text);
            assertThatThrownBy(() -> Configuration.load(Map.of(), Map.of(), file))
                    .as(text)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(file.toString());
        }
        Path missing = directory.resolve("nowhere.yaml");
        assertThatThrownBy(() -> Configuration.load(Map.of(), Map.of(), missing))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void anEmptyFileMeansTheDefaults() throws IOException {
        assertThat(Configuration.load(Map.of(), Map.of(), file("# nothing\n")).get(Settings.STREAMS))
                .isEqualTo(65_536);
    }

    @Test
    void variablesOfTheEnvironmentThatNameNoSettingAreLeftAlone() {
        assertThat(Configuration.load(Map.of(), Map.of("SKERRY_NO_BUILD", "1"), null)
                        .get(Settings.STREAMS))
                .isEqualTo(65_536);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(directory, "skerry", ".yaml"), text);
    }
}
