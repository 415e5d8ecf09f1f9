package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.testing.SmallFile;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The filling of a database does not end by itself here.
class SeedingTest {

    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster();
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicReference<Runnable> gone = new AtomicReference<>(() -> {});
    private final Requester requester = whenGone -> {
        gone.set(whenGone);
        return () -> gone.set(() -> {});
    };

    @BeforeEach
    void hold() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        cluster.node("fra").holdFills(never);
    }

    @AfterEach
    void close() {
        never.countDown();
        cluster.close();
    }

    private Group group() {
        return cluster.group("default");
    }

    private DatabaseRoute route(String name) {
        return cluster.catalog().byName("acme", name).orElseThrow();
    }

    private FutureTask<String> start(Supplier<?> work) {
        FutureTask<String> task = new FutureTask<>(() -> {
            try {
                return String.valueOf(work.get());
            } catch (RuntimeException e) {
                return e + (Thread.interrupted() ? ", and its thread is still interrupted" : "");
            }
        });
        Thread.ofVirtual().start(task);
        return task;
    }

    private static String end(FutureTask<String> task) throws Exception {
        try {
            return task.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    private FutureTask<String> copy() {
        FutureTask<String> copying = start(() -> cluster.fleet()
                .createDatabase(
                        cluster.acme(), group(), "copy", SizeLimit.NONE, new Seed.Copy(route("shop")), ANA, requester));
        awaitHalf("copy");
        return copying;
    }

    private void awaitHalf(String name) {
        awaitStatus(name, new Seeding.Status(Seeding.Step.FILLING, new Progress.Mark(4096, 8192)));
    }

    private void awaitStatus(String name, Seeding.Status wanted) {
        Await.until(name + " is " + wanted, () -> status(name).equals(Optional.of(wanted)));
    }

    private Optional<Seeding.Status> status(String name) {
        return cluster.fleet().seeding(cluster.acme().id(), name).flatMap(Seeding::status);
    }

    @Test
    void aCopyEndsWithWhoeverAskedForItAndLeavesNothing() throws Exception {
        FutureTask<String> copying = copy();
        gone.get().run();
        assertThat(end(copying))
                .contains("whoever asked for database copy went away")
                .doesNotContain("still interrupted");
        assertThat(cluster.catalog().byName("acme", "copy")).isEmpty();
        assertThat(cluster.node("fra").databases(group().id()))
                .containsExactly(route("shop").database().id());
        assertThat(status("copy")).isEmpty();
    }

    @Test
    void whoeverStaysGetsHisCopyAndItIsKnownHowFarItIsUntilThen() throws Exception {
        FutureTask<String> copying = copy();
        assertThat(status("shop")).as("another one").isEmpty();
        assertThat(cluster.fleet().seeding(new OrganizationId(new UUID(1, 1)), "copy"))
                .as("one of somebody else")
                .isEmpty();
        never.countDown();
        assertThat(end(copying)).contains("copy");
        assertThat(cluster.catalog().byName("acme", "copy")).isPresent();
        assertThat(status("copy")).isEmpty();
        assertThat(status("shop")).as("an empty one").isEmpty();
    }

    @Test
    void aDraftThatIsDeletedEndsWhatFillsIt() throws Exception {
        FutureTask<String> filling = activate();
        cluster.fleet().deleteDatabase(route("app"), ANA);
        assertThat(end(filling)).contains("database not found");
        assertThat(cluster.node("fra").databases(group().id())).hasSize(1);
    }

    @Test
    void aDraftWaitsAsBeforeWhenWhoeverFillsItGoesAway() throws Exception {
        FutureTask<String> filling = activate();
        gone.get().run();
        assertThat(end(filling)).contains("went away");
        assertThat(route("app").database().isDraft()).isTrue();
        assertThat(cluster.node("fra").databases(group().id())).hasSize(1);
    }

    /// Whoever goes away before anything was done for him takes nothing along.
    @Test
    void aDumpThatAnotherCallUsesStaysItsOwn() throws Exception {
        UploadPlace place = dump();
        UploadUse use =
                new UploadUse(new UploadOwner.OfOrganization(cluster.acme().id()), new DatabaseId(UUID.randomUUID()));
        assertThat(cluster.uploads().build(place.upload(), use, Duration.ofSeconds(30), new Progress()))
                .isEmpty();
        Requester absent = whenGone -> {
            whenGone.run();
            return () -> {};
        };
        assertThat(end(create("late", place, absent))).contains("whoever asked for database late went away");
        cluster.uploads().writeImage(place.upload(), OutputStream.nullOutputStream());
    }

    /// It would take one of its organization's places for an hour.
    @Test
    void aDumpWhoseNodeFallsSilentIsDeletedThere() throws Exception {
        UploadPlace place = dump();
        cluster.node("fra").loseBuilds();
        assertThat(end(create("lost", place, Requester.STAYS))).contains("fell silent");
        UploadUse again =
                new UploadUse(new UploadOwner.OfOrganization(cluster.acme().id()), new DatabaseId(UUID.randomUUID()));
        assertThatThrownBy(() -> cluster.uploads().build(place.upload(), again, Duration.ofSeconds(30), new Progress()))
                .hasMessageContaining("there is no such upload");
    }

    /// Nobody knows then whether its node would have refused it.
    @Test
    void aDumpStaysWithItsCallWhenAnotherThatNamesItEndsBeforeItIsRefused() throws Exception {
        UploadPlace place = dump();
        FutureTask<String> first = create("first", place, Requester.STAYS);
        awaitHalf("first");
        cluster.node("fra").holdBuilds(never);
        FutureTask<String> second = create("second", place, requester);
        awaitStatus("second", new Seeding.Status(Seeding.Step.PREPARING, new Progress.Mark(0, 0)));

        gone.get().run();

        assertThat(end(second)).contains("whoever asked for database second went away");
        never.countDown();
        assertThat(end(first)).contains("first");
        assertThat(cluster.catalog().byName("acme", "first")).isPresent();
    }

    /// Not when the work of hours is done, and not for good: it can be used again.
    @Test
    void aDumpThatThereIsNoPlaceToFillForIsRefusedBeforeAnythingIsDoneWithIt() throws Exception {
        FutureTask<String> copying = copy();
        FutureTask<String> first = create("first", dump(), Requester.STAYS);
        awaitHalf("first");
        UploadPlace place = dump();
        assertThat(end(create("third", place, Requester.STAYS)))
                .contains("fills 2 databases of this organization already");
        assertThat(status("third")).isEmpty();

        never.countDown();
        end(copying);
        end(first);

        assertThat(end(create("third", place, Requester.STAYS))).contains("third");
        assertThat(cluster.catalog().byName("acme", "third")).isPresent();
    }

    @Test
    void whoeverGoesAwayWhileADumpIsPreparedLeavesHisPlaceToFillToOthers() throws Exception {
        FutureTask<String> copying = copy();
        cluster.node("fra").holdBuilds(never);
        FutureTask<String> leaving = create("leaving", dump(), requester);
        awaitStatus("leaving", new Seeding.Status(Seeding.Step.PREPARING, new Progress.Mark(0, 0)));
        gone.get().run();
        assertThat(end(leaving)).contains("whoever asked for database leaving went away");
        FutureTask<String> next = create("next", dump(), Requester.STAYS);
        awaitStatus("next", new Seeding.Status(Seeding.Step.PREPARING, new Progress.Mark(0, 0)));
        never.countDown();
        assertThat(end(next)).contains("next");
        end(copying);
    }

    @Test
    void aFileThatThereIsNoPlaceToFillForIsNotCheckedFirst() throws Exception {
        FutureTask<String> copying = copy();
        FutureTask<String> first = create("first", dump(), Requester.STAYS);
        awaitHalf("first");
        DatabaseRoute app = draft();
        UploadPlace place = file(app);
        assertThat(end(start(() -> cluster.fleet().activate(app, place, ANA, Requester.STAYS))))
                .contains("fills 2 databases of this organization already");
        never.countDown();
        end(copying);
        end(first);
        cluster.fleet().activate(app, place, ANA, Requester.STAYS);
        assertThat(route("app").database().isDraft()).isFalse();
    }

    private UploadPlace dump() throws IOException {
        byte[] text = "BEGIN;\nCREATE TABLE t (a);\nCOMMIT;\n".getBytes(StandardCharsets.UTF_8);
        return cluster.uploads().put(cluster.acme().id(), out -> out.write(text));
    }

    private FutureTask<String> create(String name, UploadPlace place, Requester by) {
        return start(() -> cluster.fleet()
                .createDatabase(cluster.acme(), group(), name, SizeLimit.NONE, new Seed.Dump(place), ANA, by));
    }

    private FutureTask<String> activate() throws IOException {
        DatabaseRoute app = draft();
        UploadPlace place = file(app);
        FutureTask<String> filling = start(() -> cluster.fleet().activate(app, place, ANA, requester));
        awaitHalf("app");
        return filling;
    }

    private DatabaseRoute draft() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "app", SizeLimit.NONE, new Seed.Upload(), ANA);
        return route("app");
    }

    private UploadPlace file(DatabaseRoute app) throws IOException {
        byte[] file = SmallFile.bytes();
        UploadPlace place = cluster.uploads().start(app.database().id(), file.length);
        cluster.uploads().receive(place.upload(), app.database().id(), 0, out -> out.write(file));
        return place;
    }
}
