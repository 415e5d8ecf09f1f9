package io.skerry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.testing.Crash;
import io.skerry.catalog.testing.PlainDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MigrationsTest {

    private final Crash crash = new Crash();
    private final PlainDatabase database = new PlainDatabase(crash);
    private final Catalog catalog = new Catalog(database);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void bringsAnEmptyDatabaseToTheNewestVersionAndThenDoesNothing() {
        assertThat(catalog.isReady()).isFalse();
        assertThat(catalog.isCurrent()).isFalse();
        catalog.migrate();
        long frame = catalog.frame().value();
        catalog.migrate();
        assertThat(version()).isEqualTo(Migrations.builtIn().newest());
        assertThat(catalog.isReady()).isTrue();
        assertThat(catalog.isCurrent()).isTrue();
        assertThat(catalog.frame().value()).isEqualTo(frame);
    }

    @Test
    void tablesOfAnOlderProgramAreThereButNotThoseThatThisOneNeeds() {
        catalog.migrate();
        catalog.write(sql -> {
            sql.script("PRAGMA user_version = " + (Migrations.builtInVersion() - 1));
            return true;
        });
        assertThat(catalog.isReady()).isTrue();
        assertThat(catalog.isCurrent()).isFalse();
    }

    @Test
    void runsOnlyWhatIsMissing() {
        new Migrations(List.of("CREATE TABLE a (x)")).run(catalog);
        new Migrations(List.of("this would fail", "CREATE TABLE b (x)", "CREATE TABLE c (x)")).run(catalog);
        assertThat(tables()).containsExactly("a", "b", "c");
        assertThat(version()).isEqualTo(3);
    }

    @Test
    void aFailingVersionLeavesTheOneBefore() {
        Migrations broken = new Migrations(List.of("CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE b (x)"));
        assertThatThrownBy(() -> broken.run(catalog)).hasMessageContaining("already exists");
        assertThat(tables()).containsExactly("a");
        assertThat(version()).isEqualTo(1);
    }

    @Test
    void aCrashBetweenTwoVersionsIsMadeUpForAtTheNextStart() {
        Migrations two = new Migrations(List.of("CREATE TABLE a (x)", "CREATE TABLE b (x)"));
        crash.at(2); // before and after the first transaction, then before the second
        assertThatThrownBy(() -> two.run(catalog)).isInstanceOf(Crash.Died.class);
        assertThat(version()).isEqualTo(1);
        two.run(catalog);
        assertThat(tables()).containsExactly("a", "b");
    }

    @Test
    void refusesTablesOfANewerProgram() {
        catalog.write(sql -> {
            sql.script("PRAGMA user_version = 1000");
            return true;
        });
        assertThatThrownBy(catalog::migrate)
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("version 1000")
                .hasMessageContaining("start a newer program");
    }

    private int version() {
        return catalog.read(Migrations::version);
    }

    private List<String> tables() {
        return catalog.read(sql ->
                sql.list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", row -> row.text(0)));
    }
}
