package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.CatalogException.Reason;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.SmallFile;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DraftsTest {

    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");
    private static final LocationCode LHR = new LocationCode("lhr");

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @BeforeEach
    void createDraft() {
        DatabaseInfo created =
                cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, new Seed.Upload(), ANA);
        assertThat(created.isDraft()).isTrue();
    }

    private Group group() {
        return cluster.group("default");
    }

    private DatabaseRoute shop() {
        return cluster.catalog().byName("acme", "shop").orElseThrow();
    }

    private UploadPlace upload(byte[] file) throws IOException {
        UploadPlace started = cluster.uploads().start(shop().database().id(), file.length);
        cluster.uploads().receive(started.upload(), shop().database().id(), 0, out -> out.write(file));
        return started;
    }

    private void activate(UploadPlace place) {
        cluster.fleet().activate(shop(), place, ANA);
    }

    private long databasesAtFra() {
        return cluster.node("fra").databases(group().id()).size();
    }

    @Test
    void noNodeHasItUntilItsContentIsThere() throws IOException {
        assertThat(databasesAtFra()).isZero();
        UploadPlace place = upload(SmallFile.bytes());
        activate(place);
        assertThat(databasesAtFra()).isEqualTo(1);
        assertThat(shop().database().isDraft()).isFalse();
        Audit.Entry newest = cluster.catalog()
                .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1).getFirst());
        assertThat(newest.action()).isEqualTo("db-upload");
        assertThatThrownBy(() -> activate(place))
                .isInstanceOfSatisfying(
                        CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS));
    }

    @Test
    void aLocationThatIsAwaitedDoesNotWaitForIt() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        assertThat(cluster.fleet().awaitLocation(group(), LHR, Duration.ofSeconds(10)))
                .isTrue();
    }

    @Test
    void aFileThatIsAtFaultLeavesItADraft() throws IOException {
        UploadPlace bad = upload(new byte[5000]);
        assertThatThrownBy(() -> activate(bad)).hasMessageStartingWith("invalid upload: the file is no SQLite");
        assertThat(databasesAtFra()).isZero();
        activate(upload(SmallFile.bytes()));
    }

    @Test
    void whatFailsForAnotherReasonCanBeTriedAgainWithTheSameUpload() throws IOException {
        UploadPlace place = upload(SmallFile.bytes());
        for (Code code : new Code[] {Code.DISK_FULL, Code.OUTCOME_UNKNOWN}) {
            cluster.database().refuse(code);
            assertThatThrownBy(() -> activate(place)).isInstanceOf(DatabaseException.class);
            cluster.database().refuse(null);
            assertThat(shop().database().isDraft()).isTrue();
            assertThat(databasesAtFra()).isEqualTo(code == Code.OUTCOME_UNKNOWN ? 1 : 0);
        }
        activate(place);
        assertThat(shop().database().isDraft()).isFalse();
        assertThat(databasesAtFra()).isEqualTo(1);
    }

    @Test
    void onlyDraftsGrowTooOld() throws IOException {
        Instant now = Instant.now();
        cluster.fleet().deleteDraftsBefore(now.minusSeconds(60));
        assertThat(cluster.catalog().byName("acme", "shop")).isPresent();
        cluster.fleet().createDatabase(cluster.acme(), group(), "crm", SizeLimit.NONE, ANA);
        cluster.fleet().deleteDraftsBefore(now.plusSeconds(60));
        assertThat(cluster.catalog().byName("acme", "shop")).isEmpty();
        assertThat(cluster.catalog().byName("acme", "crm")).isPresent();
        createDraft();
        activate(upload(SmallFile.bytes()));
        cluster.fleet().deleteDraftsBefore(now.plusSeconds(60));
        assertThat(cluster.catalog().byName("acme", "shop")).isPresent();
    }

    @Test
    void anUploadForAnotherDatabaseIsNoContent() throws IOException {
        UploadPlace place = upload(SmallFile.bytes());
        cluster.fleet().deleteDatabase(shop(), ANA);
        createDraft();
        assertNotFound("there is no such upload", () -> activate(place));
        assertNotFound(
                "the node that had it is gone", () -> activate(new UploadPlace(new NodeId("nowhere"), place.upload())));
    }

    @Test
    void oneThatIsDeletedWhileItIsFilledWasNotFound() throws IOException {
        for (boolean withItsGroup : new boolean[] {false, true}) {
            UploadPlace place = upload(SmallFile.bytes());
            DatabaseRoute route = shop();
            // As the node meets it: the database is gone under its hands.
            cluster.node("fra").beforeFills(() -> {
                if (withItsGroup) {
                    cluster.fleet().deleteGroup(route.group(), ANA);
                } else {
                    cluster.fleet().deleteDatabase(route, ANA);
                }
            });
            assertNotFound("database not found", () -> cluster.fleet().activate(route, place, ANA));
            cluster.node("fra").beforeFills(() -> {});
            if (!withItsGroup) {
                createDraft();
            }
        }
    }

    private static void assertNotFound(String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
                .hasMessageContaining(text);
    }
}
