package io.skerry.server.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The modules and which of them may know which. Maven holds most of it; what it cannot see is what a
/// module reaches through another's dependencies, and which libraries stay behind one door.
class ArrowsTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.skerry");

    /// Each module with those it may use.
    private static final Map<String, List<String>> ARROWS = Map.of(
            "sqlite", List.of(),
            "engine", List.of("sqlite"),
            "raft", List.of("sqlite", "engine"),
            "catalog", List.of("sqlite", "engine", "raft"),
            "hrana", List.of("sqlite", "engine"),
            "platform", List.of("sqlite", "engine", "raft", "catalog"),
            "server", List.of("sqlite", "engine", "raft", "catalog", "hrana", "platform"));

    @Test
    void modulesKnowOnlyThoseAboveThem() {
        ARROWS.forEach((module, allowed) -> ARROWS.keySet().stream()
                .filter(other -> !other.equals(module) && !allowed.contains(other))
                .forEach(other -> noClasses()
                        .that()
                        .resideInAPackage("io.skerry." + module + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.skerry." + other + "..")
                        .check(CLASSES)));
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(ARROWS.keySet())
                .allSatisfy(module ->
                        assertThat(CLASSES).anyMatch(c -> c.getPackageName().startsWith("io.skerry." + module)));
    }

    @Test
    void onlyRaftKnowsRatis() {
        onlyIn("raft", "org.apache.ratis..");
    }

    @Test
    void onlySqliteCallsNativeCode() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.skerry.sqlite..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.foreign.Linker")
                .check(CLASSES);
    }

    @Test
    void onlyTheServerKnowsTheCommandLineAndTheLogLibrary() {
        onlyIn("server", "picocli..", "ch.qos.logback..", "org.snakeyaml..");
    }

    @Test
    void whatIsBelowHttpNeverKnowsIt() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.skerry.sqlite..", "io.skerry.engine..", "io.skerry.raft..", "io.skerry.catalog..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.helidon..", "java.net.http..")
                .check(CLASSES);
    }

    @Test
    void packagesOfTheServerKnowEachOtherOneWayOnly() {
        slices().matching("io.skerry.server.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    private static void onlyIn(String module, String... libraries) {
        noClasses()
                .that()
                .resideInAPackage("io.skerry..")
                .and()
                .resideOutsideOfPackage("io.skerry." + module + "..")
                .and()
                .resideOutsideOfPackage("io.skerry.benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(CLASSES);
    }
}
