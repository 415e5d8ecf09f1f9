package io.skerry.catalog.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Shares;
import io.skerry.engine.file.Deletions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an upload took is given back with its files, and once.
class WaitingUploadsTest {

    private static final int BYTES = 1000;
    private static final OrganizationId ACME = new OrganizationId(new UUID(0, 1));
    private static final UploadOwner OWNER = new UploadOwner.OfOrganization(ACME);
    private static final DatabaseId DATABASE = new DatabaseId(new UUID(0, 4));
    private static final UploadId ID = UploadId.random();

    @TempDir
    private Path directory;

    private final Shares<UploadOwner> uses = new Shares<>(1, 1);
    private final WaitingUploads waiting = WaitingUploads.open(
            new UploadLimits(BYTES, BYTES, BYTES, BYTES, 100, 4096, 0, Duration.ofMinutes(60), 1, 1, Duration.ZERO),
            uses,
            new Deletions());

    @AfterEach
    void close() {
        waiting.close();
    }

    /// A dump that fills the room.
    private DumpUpload dump() throws IOException {
        DumpUpload dump = new DumpUpload(
                OWNER,
                Files.createFile(directory.resolve("a.sql")),
                Files.createFile(directory.resolve("a.db")),
                waiting.end());
        waiting.enter(OWNER);
        waiting.room().take(OWNER, BYTES);
        dump.grow(BYTES);
        waiting.add(ID, dump);
        return dump;
    }

    private void assertGone() {
        assertThat(directory).isEmptyDirectory();
        waiting.room().take(OWNER, BYTES);
        refused(() -> waiting.room().take(OWNER, 1), Code.OVERLOADED);
    }

    private static void refused(ThrowingCallable call, Code code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void whoDiscardsTwiceGivesBackOnce() throws IOException {
        dump();
        waiting.discard(ID);
        waiting.discard(ID);
        assertThat(waiting.find(ID)).isNull();
        assertGone();
    }

    @Test
    void whatIsWorkedOnIsDeletedAtTheEndOfTheWork() throws IOException {
        DumpUpload dump = dump();
        assertThat(uses.tryAcquire(OWNER)).isEqualTo(Shares.Got.PERMIT);
        dump.begin(DATABASE);
        dump.use();
        waiting.deleteOld(waiting.end());
        assertThat(waiting.find(ID))
                .as("its time does not run while it is worked on")
                .isNotNull();
        waiting.discard(ID);
        assertThat(dump.text()).exists();
        refused(() -> waiting.room().take(OWNER, 1), Code.OVERLOADED);
        assertThat(uses.tryAcquire(OWNER)).isEqualTo(Shares.Got.SHARE_TAKEN);

        assertThat(dump.end(false, waiting.end())).as("given up meanwhile").isTrue();
        waiting.delete(dump);
        assertGone();
        assertThat(uses.tryAcquire(OWNER)).isEqualTo(Shares.Got.PERMIT);
    }

    @Test
    void theShareOfAFileIsThatOfTheOrganizationWhoseDatabaseWaitsForIt() {
        assertThat(waiting.payer(DATABASE)).as("nobody can tell").isEqualTo(new UploadOwner.OfDatabase(DATABASE));
        waiting.keepOnlyFor(database -> database.equals(DATABASE) ? Optional.of(ACME) : Optional.empty());
        assertThat(waiting.payer(DATABASE)).isEqualTo(OWNER);
        DatabaseId other = new DatabaseId(new UUID(0, 5));
        assertThat(waiting.payer(other)).isEqualTo(new UploadOwner.OfDatabase(other));
    }

    @Test
    void nothingEntersAfterTheEnd() throws IOException {
        dump();
        waiting.close();
        refused(() -> waiting.enter(OWNER), Code.UNAVAILABLE);
        assertGone();
    }
}
