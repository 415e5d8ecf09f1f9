package io.skerry.catalog.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.CatalogException.Reason;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.testing.SmallFile;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.raft.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Database files are taken in, in chunks.
class FileUploadsTest {

    private static final NodeId SELF = new NodeId("fra-1");
    private static final DatabaseId SHOP = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId OTHER = new DatabaseId(new UUID(0, 2));
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CHUNK = 5000;
    private static final Duration KEPT = Duration.ofMinutes(60);

    @TempDir
    private Path home;

    private final byte[] file = SmallFile.bytes("CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(9000))");
    private Path directory;
    private Uploads uploads;

    @BeforeEach
    void open() throws IOException {
        directory = home.resolve("uploads");
        uploads = reopened();
    }

    private Uploads reopened() throws IOException {
        return reopened(50_000);
    }

    private Uploads reopened(long ownerBytes) throws IOException {
        return Uploads.open(
                SELF,
                directory,
                new UploadLimits(40_000, 50_000, ownerBytes, 1 << 20, 1 << 16, 4096, 0, KEPT, 4, 4, Duration.ZERO),
                CHUNK);
    }

    @AfterEach
    void close() {
        uploads.close();
    }

    private UploadId start() throws IOException {
        UploadPlace place = uploads.start(SHOP, file.length);
        assertThat(UploadPlace.parse(place.toString())).contains(place);
        return place.upload();
    }

    private byte[] chunk(int number) {
        return Arrays.copyOfRange(file, number * CHUNK, Math.min(file.length, (number + 1) * CHUNK));
    }

    private void send(UploadId id, int number) throws IOException {
        uploads.receive(id, SHOP, number, out -> out.write(chunk(number)));
    }

    private UploadId sent() throws IOException {
        UploadId id = start();
        for (int number = 0; number < uploads.chunks(id, SHOP); number++) {
            send(id, number);
        }
        return id;
    }

    private Optional<String> build(UploadId id) {
        return uploads.build(id, UploadUse.ofDraft(SHOP), LIMIT, new Progress());
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.peek(path -> {
                        try {
                            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                                    .isEqualTo("rw-------");
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .count();
        }
    }

    private static void assertRefused(Reason reason, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CatalogException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContaining(text);
    }

    @Test
    void chunksComeInAnyOrderAndAgain() throws IOException {
        UploadId id = start();
        assertThat(uploads.chunks(id, SHOP)).isEqualTo(4);
        assertThat(uploads.chunkLength(id, SHOP, 3)).isEqualTo(file.length - 15_000);
        send(id, 3);
        send(id, 1);
        assertThat(build(id)).contains("chunk 0 of 4 was not received: send it");
        uploads.receive(id, SHOP, 0, out -> out.write(new byte[CHUNK]));
        send(id, 0);
        send(id, 2);
        send(id, 2);
        assertThat(build(id)).isEmpty();
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        uploads.writeImage(id, image);
        assertThat(image.size()).isEqualTo(12 + file.length);
        assertThat(files()).isEqualTo(1);
        uploads.discard(id);
        assertThat(files()).isZero();
    }

    @Test
    void aChunkThatBreaksOffIsMissingAlthoughItCameBefore() throws IOException {
        UploadId id = sent();
        assertThatThrownBy(() -> uploads.receive(id, SHOP, 1, out -> {
                    out.write(chunk(1), 0, 100);
                    throw new IOException("the client is gone");
                }))
                .hasMessage("the client is gone");
        assertThat(build(id)).contains("chunk 1 of 4 was not received: send it");
        assertRefused(
                Reason.INVALID,
                "this one has 100",
                () -> uploads.receive(id, SHOP, 1, out -> out.write(chunk(1), 0, 100)));
        assertRefused(
                Reason.INVALID,
                "chunk 1 must have 5000 bytes",
                () -> uploads.receive(id, SHOP, 1, out -> out.write(new byte[CHUNK + 1])));
        send(id, 1);
        assertThat(build(id)).isEmpty();
    }

    @Test
    void allChunksComeAsOneBody() throws IOException {
        UploadId id = start();
        assertThatThrownBy(() -> uploads.receiveAll(id, SHOP, new ByteArrayInputStream(file, 0, CHUNK + 1)))
                .isInstanceOf(EOFException.class);
        assertThat(build(id)).contains("chunk 1 of 4 was not received: send it");
        uploads.receiveAll(id, SHOP, new ByteArrayInputStream(file));
        assertThat(build(id)).isEmpty();
    }

    private static void assertTooMany(String text, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(TooManyUploadsException.class).hasMessageContaining(text);
    }

    private static void neverRead(OutputStream out) {
        throw new AssertionError("it was read");
    }

    /// Each of them keeps a file open for as long as its client takes.
    @Test
    void soManyAreReceivedAtOnceAndHalfOfThemOfOneOrganization() throws IOException {
        UploadId id = start();
        UploadId other = uploads.start(OTHER, file.length).upload();
        OrganizationId third = new OrganizationId(new UUID(0, 7));
        AtomicInteger refused = new AtomicInteger();
        Uploads.Feed last = out -> {
            assertTooMany("4 uploads already", () -> uploads.put(third, FileUploadsTest::neverRead));
            refused.incrementAndGet();
            throw new IOException("the client is gone");
        };
        Uploads.Feed two = out -> {
            assertTooMany(
                    "2 uploads of this organization", () -> uploads.receive(id, SHOP, 2, FileUploadsTest::neverRead));
            assertTooMany(
                    "2 uploads of this organization",
                    () -> uploads.receiveAll(id, SHOP, InputStream.nullInputStream()));
            uploads.receive(other, OTHER, 0, more -> uploads.receive(other, OTHER, 1, last));
        };
        for (int round = 1; round <= 3; round++) {
            assertThatThrownBy(() -> uploads.receive(id, SHOP, 0, out -> uploads.receive(id, SHOP, 1, two)))
                    .hasMessage("the client is gone");
            assertThat(refused).hasValue(round);
        }
        uploads.put(third, out -> out.write(1));
        uploads.receiveAll(id, SHOP, new ByteArrayInputStream(file));
        assertThat(build(id)).isEmpty();
    }

    @Test
    void whatIsBeingUsedIsWrittenNoMore() throws IOException {
        UploadId id = sent();
        assertThatThrownBy(() -> uploads.receive(id, SHOP, 1, out -> {
                    out.write(chunk(1));
                    send(id, 1);
                    assertThat(build(id)).isEmpty();
                    out.write(1);
                }))
                .isInstanceOf(CatalogException.class);
        assertRefused(Reason.INVALID, "takes no more chunks", () -> send(id, 1));
        assertThat(build(id)).as("the same again").isEmpty();
    }

    @Test
    void aFileThatCannotBeServedIsGone() throws IOException {
        UploadId id = start();
        for (int number = 0; number < 4; number++) {
            byte[] zeros = new byte[uploads.chunkLength(id, SHOP, number)];
            uploads.receive(id, SHOP, number, out -> out.write(zeros));
        }
        assertThat(build(id)).contains("the file is no SQLite database, or is encrypted");
        assertThat(files()).isZero();
        assertRefused(Reason.NOT_FOUND, "there is no such upload", () -> build(id));
    }

    @Test
    void nobodyElseHasSuchAnUpload() throws IOException {
        UploadId id = sent();
        for (UploadOwner other : new UploadOwner[] {
            new UploadOwner.OfDatabase(OTHER), new UploadOwner.OfOrganization(new OrganizationId(SHOP.value()))
        }) {
            assertRefused(
                    Reason.NOT_FOUND,
                    "there is no such upload",
                    () -> uploads.build(id, new UploadUse(other, SHOP), LIMIT, new Progress()));
        }
        assertRefused(
                Reason.NOT_FOUND, "no such upload", () -> uploads.receive(id, OTHER, 0, out -> out.write(chunk(0))));
        UploadId dump = uploads.put(new OrganizationId(SHOP.value()), out -> out.write(chunk(3)))
                .upload();
        assertRefused(Reason.NOT_FOUND, "no such upload", () -> send(dump, 0));
    }

    @Test
    void whoStartsAnewGivesUpWhatWasBegun() throws IOException {
        UploadId first = start();
        send(first, 0);
        UploadId second = start();
        assertThat(files()).isEqualTo(1);
        assertRefused(Reason.NOT_FOUND, "no such upload", () -> send(first, 1));
        send(second, 0);
    }

    @Test
    void thereIsRoomForSoMuchAndItIsGivenBack() throws IOException {
        assertThatThrownBy(() -> uploads.start(SHOP, 40_001))
                .isInstanceOf(UploadTooLargeException.class)
                .hasMessage("the file is larger than 40000 bytes");
        assertRefused(Reason.INVALID, "more than 0 bytes", () -> uploads.start(SHOP, 0));
        UploadId other = uploads.start(OTHER, 40_000).upload();
        for (int round = 0; round < 5; round++) {
            UploadId id = sent();
            assertThat(build(id)).isEmpty();
            uploads.discard(id);
        }
        UploadId id = start();
        for (int number = 0; number < 8; number++) {
            uploads.receive(other, OTHER, number, out -> out.write(new byte[CHUNK]));
        }
        send(id, 0);
        send(id, 1);
        assertThatThrownBy(() -> send(id, 2))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
        send(id, 0);
        uploads.discard(other);
        send(id, 2);
        send(id, 3);
        assertThat(build(id)).isEmpty();
    }

    @Test
    void anUploadWhoseDatabaseWaitsForItNoMoreKeepsNoRoomFromOthers() throws IOException {
        Set<DatabaseId> drafts = ConcurrentHashMap.newKeySet();
        drafts.addAll(Set.of(SHOP, OTHER));
        uploads.keepOnlyFor(id -> drafts.contains(id) ? Optional.of(new OrganizationId(id.value())) : Optional.empty());
        UploadId other = uploads.start(OTHER, 40_000).upload();
        UploadId id = start();
        for (int number = 0; number < 8; number++) {
            uploads.receive(other, OTHER, number, out -> out.write(new byte[CHUNK]));
        }
        send(id, 0);
        send(id, 1);
        drafts.remove(OTHER);
        send(id, 2);
        assertThat(files()).isEqualTo(1);
        assertRefused(
                Reason.NOT_FOUND, "no such upload", () -> uploads.receive(other, OTHER, 0, out -> out.write(chunk(0))));
        drafts.remove(SHOP);
        drafts.add(OTHER);
        uploads.start(OTHER, 40_000);
        assertThat(files()).isEqualTo(1);
    }

    /// The databases that wait for files are those of one organization.
    @Test
    void oneOrganizationDoesNotHaveAllTheRoom() throws IOException {
        uploads.close();
        uploads = reopened(40_000);
        DatabaseId others = new DatabaseId(new UUID(0, 3));
        OrganizationId acme = new OrganizationId(new UUID(0, 4));
        uploads.keepOnlyFor(id -> Optional.of(id.equals(others) ? new OrganizationId(new UUID(0, 5)) : acme));
        UploadId other = uploads.start(OTHER, 30_000).upload();
        for (int number = 0; number < 5; number++) {
            uploads.receive(other, OTHER, number, out -> out.write(new byte[CHUNK]));
        }
        assertThatThrownBy(() -> uploads.start(SHOP, 15_001))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("of this organization");
        UploadId shop = uploads.start(SHOP, 15_000).upload();
        uploads.receive(other, OTHER, 5, out -> out.write(new byte[CHUNK]));
        uploads.receive(shop, SHOP, 0, out -> out.write(new byte[CHUNK]));
        uploads.receive(shop, SHOP, 1, out -> out.write(new byte[CHUNK]));
        assertThatThrownBy(() -> uploads.receive(shop, SHOP, 2, out -> out.write(new byte[CHUNK])))
                .hasMessageContaining("of this organization");
        uploads.start(others, 10_000);
        uploads.discard(other);
        uploads.receive(shop, SHOP, 2, out -> out.write(new byte[CHUNK]));
    }

    @Test
    void eachChunkGivesTheUploadItsTimeAnew() throws IOException {
        UploadId id = start();
        long end = System.nanoTime() + KEPT.toNanos();
        send(id, 0);
        uploads.deleteOld(end - KEPT.toNanos() / 2);
        send(id, 1);
        uploads.deleteOld(System.nanoTime() + KEPT.toNanos());
        assertThat(files()).isZero();
    }

    @Test
    void aDiskThatTakesNothingIsNoFaultOfTheClientAndTakesNoPlace() throws IOException {
        UploadId id = start();
        Files.delete(directory.resolve(id + ".db"));
        assertDiskFull(() -> send(id, 0));
        Files.delete(directory);
        for (int i = 0; i < 300; i++) {
            assertDiskFull(() -> uploads.start(OTHER, 1));
        }
        Files.createDirectory(directory);
        uploads.start(OTHER, 1);
    }

    private static void assertDiskFull(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.DISK_FULL));
    }

    @Test
    void nothingIsLeftAfterTheNextStart() throws IOException {
        UploadId id = sent();
        uploads.close();
        Files.writeString(directory.resolve("left.db"), "of a process that died");
        uploads = reopened();
        assertThat(files()).isZero();
        assertRefused(Reason.NOT_FOUND, "no such upload", () -> send(id, 0));
    }
}
