package io.skerry.catalog.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.raft.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class UploadsTest {

    private static final NodeId SELF = new NodeId("fra-1");
    private static final OrganizationId ACME = new OrganizationId(new UUID(0, 1));
    private static final OrganizationId OTHER = new OrganizationId(new UUID(0, 2));
    private static final DatabaseId DATABASE = new DatabaseId(new UUID(0, 4));
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String GOOD = "BEGIN;\nCREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nCOMMIT;\n";

    @TempDir
    private Path home;

    private Path directory;
    private Uploads uploads;

    @BeforeEach
    void open() throws IOException {
        directory = home.resolve("uploads");
        uploads = open(Duration.ofMinutes(60));
    }

    private Uploads open(Duration kept) throws IOException {
        return open(kept, 0);
    }

    private Uploads open(Duration kept, long reserve) throws IOException {
        return Uploads.open(
                SELF,
                directory,
                new UploadLimits(1000, 3500, 2500, 1 << 20, 1 << 16, 4096, reserve, kept, 2, 4, Duration.ZERO));
    }

    @AfterEach
    void close() {
        uploads.close();
    }

    private UploadId put(String text) throws IOException {
        UploadPlace place = uploads.put(ACME, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(place.node()).isEqualTo(SELF);
        return place.upload();
    }

    private static UploadUse use(OrganizationId organization) {
        return new UploadUse(new UploadOwner.OfOrganization(organization), DATABASE);
    }

    private Optional<String> build(UploadId id, OrganizationId organization) {
        return uploads.build(id, use(organization), LIMIT, new Progress());
    }

    @Test
    void oneOrganizationDoesNotHaveAllThatAreUsedAtOnce() throws IOException {
        UploadId first = put(GOOD);
        assertThat(build(first, ACME)).isEmpty();
        assertThat(build(put(GOOD), ACME)).isEmpty();
        UploadId third = put(GOOD);
        assertThatThrownBy(() -> build(third, ACME))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("2 uploads of this organization");
        OrganizationId other = new OrganizationId(UUID.randomUUID());
        UploadPlace place = uploads.put(other, out -> out.write(GOOD.getBytes(StandardCharsets.UTF_8)));
        assertThat(build(place.upload(), other)).isEmpty();
        uploads.discard(first);
        assertThat(build(third, ACME)).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /// Of a name that cannot be deleted while something is in it.
    private static Path block(Path name) throws IOException {
        Files.createDirectory(name);
        return Files.createFile(name.resolve("something"));
    }

    private void deleteLeft(int hoursFromNow) {
        uploads.deleteLeft(System.nanoTime() + Duration.ofHours(hoursFromNow).toNanos());
    }

    @Test
    void anUploadThatCannotBeDeletedIsDeletedLater() throws IOException {
        UploadId id = put(GOOD);
        Path something = block(directory.resolve(id + ".db"));
        uploads.discard(id);
        deleteLeft(1);
        assertThat(files()).isNotEmpty();

        Files.delete(something);
        deleteLeft(2);

        assertThat(files()).isEmpty();
    }

    @Test
    void whatCannotBeDeletedDoesNotKeepANodeFromItsStart() throws IOException {
        uploads.close();
        Path something = block(directory.resolve("left.db"));

        uploads = open(Duration.ofMinutes(60));

        put(GOOD);
        Files.delete(something);
        deleteLeft(1);
        assertThat(directory.resolve("left.db")).doesNotExist();
    }

    @Test
    void aDumpBecomesADatabaseAndIsDeletedAfterIt() throws IOException {
        UploadId id = put(GOOD);
        assertThat(build(id, ACME)).isEmpty();
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        uploads.writeImage(id, image);
        assertThat(image.size()).isEqualTo(12 + 2 * 4096);
        assertThat(files())
                .as("the database; the text has done its part")
                .hasSize(1)
                .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
        assertThat(build(id, ACME)).contains("the upload is being used already");
        uploads.discard(id);
        uploads.discard(id);
        assertThat(files()).isEmpty();
        assertThatThrownBy(() -> uploads.writeImage(id, image)).hasMessageContaining("no database was made");
    }

    /// The dump is a pipe here, whose end does not come before the test says so.
    @Test
    void aDumpThatIsBeingWorkedOnMayBeHadLater() throws Exception {
        UploadId id = put(GOOD);
        Path text = directory.resolve(id + ".sql");
        Files.delete(text);
        assertThat(new ProcessBuilder("mkfifo", text.toString()).start().waitFor())
                .isZero();
        FutureTask<Optional<String>> building = new FutureTask<>(() -> build(id, ACME));
        Thread.ofPlatform().start(building);
        try (OutputStream pipe = Files.newOutputStream(text)) {
            assertThatThrownBy(() -> build(id, ACME))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                    .hasMessageContaining("being used at this moment");
            pipe.write(GOOD.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(building.get(30, TimeUnit.SECONDS)).isEmpty();
    }

    @Test
    void nobodyDeletesWhatIsAnotherOnes() throws IOException {
        UploadId id = put(GOOD);
        UploadUse other = new UploadUse(new UploadOwner.OfOrganization(ACME), new DatabaseId(new UUID(0, 5)));
        uploads.discard(id, other);
        uploads.discard(id, use(OTHER));
        assertThat(build(id, ACME)).as("nobody used it before").isEmpty();
        uploads.discard(id, use(OTHER));
        uploads.discard(id, other);
        assertThat(files()).hasSize(1);
        uploads.discard(id, use(ACME));
        assertThat(files()).isEmpty();
    }

    /// The order to use it comes from another node, and its end may overtake it.
    @Test
    void aUseThatWasEndedBeforeItBeganTakesNoPlace() throws IOException {
        UploadId id = put(GOOD);
        uploads.discard(id, use(ACME));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> build(id, ACME))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                    .hasMessageContaining("ended that before it began");
        }
        UploadUse next = new UploadUse(new UploadOwner.OfOrganization(ACME), new DatabaseId(new UUID(0, 5)));
        assertThat(uploads.build(id, next, LIMIT, new Progress()))
                .as("another use")
                .isEmpty();
    }

    @Test
    void oneOrganizationDoesNotHaveAllTheRoom() throws IOException {
        put("x".repeat(1000));
        UploadId second = put("x".repeat(1000));
        assertThatThrownBy(() -> put("x".repeat(501)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("of this organization on this node fill the 2500 bytes");
        uploads.put(OTHER, out -> out.write(new byte[1000]));
        uploads.discard(second);
        put("x".repeat(1000));
        assertThat(files()).hasSize(3);
    }

    /// However small they are.
    @Test
    void oneOrganizationDoesNotHaveAllThePlaces() throws IOException {
        UploadId first = put("");
        for (int i = 1; i < 128; i++) {
            put("");
        }
        assertThatThrownBy(() -> put(""))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("too many uploads of this organization wait");
        uploads.put(OTHER, out -> out.write(1));
        uploads.discard(first);
        put("");
    }

    @Test
    void aDumpThatIsWrongIsGone() throws IOException {
        UploadId id = put("BEGIN;\nCREATE TABEL t (a);\nCOMMIT;\n");
        assertThat(build(id, ACME)).contains("line 2: near \"TABEL\": syntax error");
        assertThat(files()).isEmpty();
        assertAbsent(() -> build(id, ACME));
    }

    private static void assertAbsent(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.NOT_FOUND))
                .hasMessageStartingWith("there is no such upload");
    }

    @Test
    void anotherOrganizationHasNoSuchDump() throws IOException {
        UploadId id = put(GOOD);
        assertAbsent(() -> build(id, OTHER));
        assertThat(build(id, ACME)).isEmpty();
    }

    @Test
    void whatIsTooLargeOrBreaksOffLeavesNothing() throws IOException {
        assertThatThrownBy(() -> put("x".repeat(1001))).isInstanceOf(UploadTooLargeException.class);
        assertThatThrownBy(() -> uploads.put(ACME, out -> {
                    out.write(1);
                    throw new IOException("the client is gone");
                }))
                .hasMessage("the client is gone");
        assertThat(files()).isEmpty();
        uploads.put(OTHER, out -> out.write(new byte[1000]));
        uploads.put(OTHER, out -> out.write(new byte[1000]));
        put("x".repeat(1000));
        assertThatThrownBy(() -> put("x".repeat(1000)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("the uploads on this node fill the room");
        assertThat(files()).hasSize(3);
        put("x".repeat(500));
    }

    @Test
    void oneThatNobodyUsesIsDeleted() throws IOException {
        UploadId id = put(GOOD);
        uploads.deleteOld(System.nanoTime());
        assertThat(files()).hasSize(1);
        uploads.deleteOld(System.nanoTime() + Duration.ofMinutes(60).toNanos());
        assertThat(files()).isEmpty();
        assertAbsent(() -> build(id, ACME));
    }

    /// However large the disk is, it has less free than is to stay free.
    @Test
    void whatTheDiskHasNoRoomForIsRefusedBeforeItIsTaken() throws IOException {
        uploads.close();
        uploads = open(Duration.ofMinutes(60), directory.toFile().getTotalSpace());
        assertDiskFull(() -> put(GOOD), "more of the dump");
        assertDiskFull(() -> uploads.put(ACME, 100, out -> {}), "the dump: it needs 100 bytes");
        assertDiskFull(() -> uploads.start(new DatabaseId(new UUID(0, 3)), 1000), "the file: it needs 1000 bytes");
        assertDiskFull(() -> uploads.requireDisk(4096), "the database: it needs 4096 bytes");
        assertThat(files()).isEmpty();
    }

    private static void assertDiskFull(ThrowingCallable call, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.DISK_FULL))
                .hasMessageContaining(text);
    }

    @Test
    void whatIsReadIsNotOld() throws IOException {
        UploadId id = put(GOOD);
        assertThat(build(id, ACME)).isEmpty();
        long later = System.nanoTime() + Duration.ofMinutes(60).toNanos();
        uploads.writeImage(id, OutputStream.nullOutputStream());
        uploads.deleteOld(later);
        assertThat(files()).hasSize(1);
        uploads.deleteOld(later + Duration.ofMinutes(1).toNanos());
        assertThat(files()).isEmpty();
    }

    @Test
    void everyUseGivesItsPlaceBack() throws IOException {
        for (int i = 0; i < 10; i++) {
            UploadId id = put(i % 2 == 0 ? GOOD : "BEGIN;");
            assertThat(build(id, ACME).isEmpty()).isEqualTo(i % 2 == 0);
            uploads.discard(id);
        }
    }

    @Test
    void whatACrashLeftIsDeletedAtTheNextStart() throws IOException {
        put(GOOD);
        Files.writeString(directory.resolve("left.db"), "of a process that died");
        open(Duration.ofMinutes(60)).close();
        assertThat(files()).isEmpty();
    }
}
