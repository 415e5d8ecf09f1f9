package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupEdits;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.testing.Crash;
import io.skerry.catalog.testing.SmallFile;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The process dies at each step of each change in turn, and starts again. Afterwards nodes and catalog must
/// agree, and the same call must be possible again: with it the change is made as if nobody had died.
class CrashTest {

    private static final LocationCode LHR = new LocationCode("lhr");
    private static final LocationCode BOS = new LocationCode("bos");
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    /// More than any change has.
    private static final int STEPS_MAX = 20;

    private TestCluster cluster = new TestCluster();
    private @Nullable UploadPlace place;

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void creatingADatabaseIsAllOrNothing() {
        atEachStep(
                c -> {},
                c -> c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA),
                CatalogException.Reason.EXISTS);
    }

    @Test
    void copyingADatabaseIsAllOrNothing() {
        atEachStep(
                6,
                c -> {
                    c.fleet().createGroup(c.acme(), "eu", LHR, "", ANA);
                    c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA);
                },
                c -> c.fleet()
                        .createDatabase(c.acme(), group(c, "eu"), "copy", SizeLimit.NONE, new Seed.Copy(shop(c)), ANA),
                CatalogException.Reason.EXISTS);
    }

    /// The dump may be gone with its use: then it says so, and with another one the call succeeds.
    @Test
    void makingADatabaseOfADumpIsAllOrNothing() {
        atEachStep(
                9,
                c -> place = dump(c),
                c -> {
                    try {
                        createFromDump(c);
                    } catch (CatalogException used) {
                        if (used.reason() != CatalogException.Reason.INVALID) {
                            throw used;
                        }
                        assertThat(used).hasMessageStartingWith("invalid seed: ");
                        place = dump(c);
                        createFromDump(c);
                    }
                },
                CatalogException.Reason.EXISTS);
    }

    private void createFromDump(TestCluster c) {
        Seed seed = new Seed.Dump(Objects.requireNonNull(place));
        c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, seed, ANA);
    }

    private static UploadPlace dump(TestCluster c) {
        byte[] text = "BEGIN;\nCREATE TABLE t (a);\nCOMMIT;\n".getBytes(StandardCharsets.UTF_8);
        try {
            return c.uploads().put(c.acme().id(), out -> out.write(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void creatingADraftIsAllOrNothing() {
        atEachStep(1, c -> {}, CrashTest::createDraft, CatalogException.Reason.EXISTS);
    }

    @Test
    void givingADraftItsContentIsAllOrNothing() {
        atEachStep(
                8,
                c -> {
                    createDraft(c);
                    place = upload(c);
                },
                c -> c.fleet().activate(shop(c), Objects.requireNonNull(place), ANA),
                CatalogException.Reason.EXISTS);
    }

    @Test
    void deletingADraftIsAllOrNothing() {
        atEachStep(
                CrashTest::createDraft, c -> c.fleet().deleteDatabase(shop(c), ANA), CatalogException.Reason.NOT_FOUND);
    }

    private static void createDraft(TestCluster c) {
        c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, new Seed.Upload(), ANA);
    }

    private static UploadPlace upload(TestCluster c) {
        try {
            byte[] file = SmallFile.bytes();
            UploadPlace started = c.uploads().start(shop(c).database().id(), file.length);
            c.uploads().receive(started.upload(), shop(c).database().id(), 0, out -> out.write(file));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void deletingADatabaseIsAllOrNothing() {
        atEachStep(
                c -> c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA),
                c -> c.fleet().deleteDatabase(shop(c), ANA),
                CatalogException.Reason.NOT_FOUND);
    }

    @Test
    void creatingAGroupIsAllOrNothing() {
        atEachStep(c -> {}, c -> c.fleet().createGroup(c.acme(), "eu", LHR, "", ANA), CatalogException.Reason.EXISTS);
    }

    @Test
    void deletingAGroupIsAllOrNothing() {
        atEachStep(
                c -> {
                    c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA);
                    c.fleet().addLocation(group(c, "default"), LHR, ANA);
                },
                c -> c.fleet().deleteGroup(group(c, "default"), ANA),
                CatalogException.Reason.NOT_FOUND);
    }

    @Test
    void addingALocationIsAllOrNothing() {
        atEachStep(
                c -> c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA),
                c -> c.fleet().addLocation(group(c, "default"), BOS, ANA),
                CatalogException.Reason.EXISTS);
    }

    @Test
    void removingALocationIsAllOrNothing() {
        atEachStep(
                c -> c.fleet().addLocation(group(c, "default"), BOS, ANA),
                c -> c.fleet().removeLocation(group(c, "default"), BOS, ANA),
                CatalogException.Reason.INVALID);
    }

    @Test
    void renamingAGroupIsAllOrNothing() {
        atEachStep(
                2,
                c -> c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA),
                c -> new GroupEdits(c.catalog()).rename(group(c, "default"), "eu", ANA),
                CatalogException.Reason.NOT_FOUND);
    }

    @Test
    void transferringAGroupIsAllOrNothing() {
        atEachStep(
                2,
                c -> {
                    c.catalog().bootstrap("beta", "betas.own.token");
                    c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA);
                    c.fleet().addLocation(group(c, "default"), LHR, ANA);
                },
                c -> new GroupEdits(c.catalog())
                        .transfer(
                                group(c, "default"),
                                c.catalog()
                                        .read(sql -> Organizations.bySlug(sql, "beta"))
                                        .orElseThrow(),
                                ANA),
                CatalogException.Reason.NOT_FOUND);
    }

    @Test
    void archivingAGroupIsAllOrNothing() {
        atEachStep(
                5,
                CrashTest::shopAtTwo,
                c -> c.fleet().archiveGroup(group(c, "default"), ANA),
                CatalogException.Reason.INVALID);
    }

    @Test
    void bringingAGroupBackIsAllOrNothing() {
        atEachStep(
                c -> {
                    shopAtTwo(c);
                    c.fleet().archiveGroup(group(c, "default"), ANA);
                },
                c -> c.fleet().unarchiveGroup(group(c, "default"), ANA),
                CatalogException.Reason.INVALID);
    }

    @Test
    void deletingAnArchivedGroupIsAllOrNothing() {
        atEachStep(
                c -> {
                    shopAtTwo(c);
                    c.fleet().archiveGroup(group(c, "default"), ANA);
                },
                c -> c.fleet().deleteGroup(group(c, "default"), ANA),
                CatalogException.Reason.NOT_FOUND);
    }

    private static void shopAtTwo(TestCluster c) {
        c.fleet().createDatabase(c.acme(), group(c, "default"), "shop", SizeLimit.NONE, ANA);
        c.fleet().addLocation(group(c, "default"), LHR, ANA);
    }

    private void atEachStep(Consumer<TestCluster> before, Consumer<TestCluster> change, CatalogException.Reason done) {
        atEachStep(3, before, change, done);
    }

    /// @param stepsMin that the change has
    /// @param done what the change is refused with if it was made already
    private void atEachStep(
            int stepsMin, Consumer<TestCluster> before, Consumer<TestCluster> change, CatalogException.Reason done) {
        before.accept(cluster);
        change.accept(cluster);
        List<String> wanted = outcome();
        int steps = 0;
        while (steps < STEPS_MAX && crashAt(steps, before, change, done, wanted)) {
            steps++;
        }
        assertThat(steps).as("steps at which the process died").isBetween(stepsMin, STEPS_MAX - 1);
    }

    /// @return false if the change was over before the step
    private boolean crashAt(
            int step,
            Consumer<TestCluster> before,
            Consumer<TestCluster> change,
            CatalogException.Reason done,
            List<String> wanted) {
        cluster.close();
        cluster = new TestCluster();
        before.accept(cluster);
        cluster.crash().at(step);
        try {
            change.accept(cluster);
            return false;
        } catch (Crash.Died e) {
            cluster.restart();
            assertAgreement(step);
            long changes = audited();
            try {
                change.accept(cluster);
                assertThat(audited()).isLessThanOrEqualTo(changes + 1);
            } catch (CatalogException refused) {
                assertThat(refused.reason())
                        .as("after a crash at step %d", step)
                        .isEqualTo(done);
            }
            assertAgreement(step);
            assertThat(outcome()).as("after a crash at step %d", step).isEqualTo(wanted);
            return true;
        }
    }

    /// What the catalog holds: each group with its organization, its locations and its databases.
    private List<String> outcome() {
        return cluster.catalog().read(sql -> {
            List<String> lines = new ArrayList<>();
            for (Group group : Groups.all(sql)) {
                String organization = Organizations.byId(sql, group.organization())
                        .orElseThrow()
                        .slug();
                lines.add(organization + "/" + group.name() + " at " + group.locations()
                        + (group.archived() ? ", archived" : ""));
                Databases.page(sql, group.organization(), group.id(), null, "", 100)
                        .forEach(database -> lines.add(database.name() + ", " + database.state()));
            }
            lines.sort(null);
            return lines;
        });
    }

    private void assertAgreement(int step) {
        List<Group> groups = cluster.catalog().read(Groups::all);
        for (String location : List.of("fra", "lhr", "bos")) {
            LocationCode code = new LocationCode(location);
            // Nodes open and close their groups by themselves.
            cluster.node(location).follow();
            Set<GroupId> expected = new HashSet<>();
            groups.stream().filter(group -> group.place(code).isPresent()).forEach(group -> expected.add(group.id()));
            assertThat(cluster.node(location).groups())
                    .as("groups at %s after a crash at step %d", location, step)
                    .containsExactlyInAnyOrderElementsOf(expected);
            Set<GroupId> archived = new HashSet<>(cluster.catalog().read(Groups::archived));
            archived.retainAll(expected);
            assertThat(cluster.node(location).archived())
                    .as("groups archived at %s after a crash at step %d", location, step)
                    .containsExactlyInAnyOrderElementsOf(archived);
            for (GroupId group : expected) {
                assertThat(cluster.node(location).files(group))
                        .as("databases at %s after a crash at step %d", location, step)
                        .containsExactlyInAnyOrderElementsOf(
                                cluster.catalog().read(sql -> Databases.activeIn(sql, group)));
            }
        }
    }

    private long audited() {
        return cluster.catalog()
                .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1000))
                .size();
    }

    @Test
    void whatCannotBeReachedIsMendedTheNextTime() {
        cluster.fleet().createGroup(cluster.acme(), "eu", LHR, "", ANA);
        cluster.node("lhr").reachable(false);
        cluster.fleet().deleteGroup(group(cluster, "eu"), ANA);
        assertThatCode(cluster::restart).doesNotThrowAnyException();
        cluster.node("lhr").reachable(true);
        assertThat(cluster.node("lhr").groups()).hasSize(1);
        cluster.restart();
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    private static Group group(TestCluster cluster, String name) {
        return cluster.catalog()
                .read(sql -> Groups.byName(sql, cluster.acme(sql).id(), name))
                .orElseThrow(() -> new CatalogException(CatalogException.Reason.NOT_FOUND, "no such group"));
    }

    private static DatabaseRoute shop(TestCluster cluster) {
        return cluster.catalog()
                .byName("acme", "shop")
                .orElseThrow(() -> new CatalogException(CatalogException.Reason.NOT_FOUND, "no such database"));
    }
}
