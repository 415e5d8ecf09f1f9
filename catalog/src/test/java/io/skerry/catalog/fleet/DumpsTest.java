package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.NodeId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DumpsTest {

    private static final NodeId SELF = new NodeId("fra-1");
    private static final OrganizationId ACME = new OrganizationId(new UUID(0, 1));
    private static final OrganizationId OTHER = new OrganizationId(new UUID(0, 2));
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String GOOD = "BEGIN;\nCREATE TABLE t (a);\nINSERT INTO t VALUES (1);\nCOMMIT;\n";

    @TempDir
    private Path home;

    private Path directory;
    private Dumps dumps;

    @BeforeEach
    void open() throws IOException {
        directory = home.resolve("dumps");
        dumps = open(Duration.ofMinutes(60));
    }

    private Dumps open(Duration kept) throws IOException {
        return Dumps.open(SELF, directory, new DumpLimits(1000, 2500, 1 << 20, 1 << 16, 4096, kept));
    }

    @AfterEach
    void close() {
        dumps.close();
    }

    private DumpId put(String text) throws IOException {
        DumpPlace place = dumps.put(ACME, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(place.node()).isEqualTo(SELF);
        return place.dump();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void aDumpBecomesADatabaseAndIsDeletedAfterIt() throws IOException {
        DumpId id = put(GOOD);
        assertThat(dumps.build(id, ACME, LIMIT)).isEmpty();
        ByteArrayOutputStream image = new ByteArrayOutputStream();
        dumps.writeImage(id, image);
        assertThat(image.size()).isEqualTo(12 + 2 * 4096);
        assertThat(files())
                .hasSize(2)
                .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
        assertThat(dumps.build(id, ACME, LIMIT)).contains("the dump is being used already");
        dumps.discard(id);
        dumps.discard(id);
        assertThat(files()).isEmpty();
        assertThatThrownBy(() -> dumps.writeImage(id, image)).hasMessageContaining("no database was made");
    }

    @Test
    void aDumpThatIsWrongIsGone() throws IOException {
        DumpId id = put("BEGIN;\nCREATE TABEL t (a);\nCOMMIT;\n");
        assertThat(dumps.build(id, ACME, LIMIT)).contains("line 2: near \"TABEL\": syntax error");
        assertThat(files()).isEmpty();
        assertThat(dumps.build(id, ACME, LIMIT)).get().asString().startsWith("there is no such dump");
    }

    @Test
    void anotherOrganizationHasNoSuchDump() throws IOException {
        DumpId id = put(GOOD);
        assertThat(dumps.build(id, OTHER, LIMIT)).get().asString().startsWith("there is no such dump");
        assertThat(dumps.build(id, ACME, LIMIT)).isEmpty();
    }

    @Test
    void whatIsTooLargeOrBreaksOffLeavesNothing() throws IOException {
        assertThatThrownBy(() -> put("x".repeat(1001))).isInstanceOf(DumpTooLargeException.class);
        assertThatThrownBy(() -> dumps.put(ACME, out -> {
                    out.write(1);
                    throw new IOException("the client is gone");
                }))
                .hasMessage("the client is gone");
        assertThat(files()).isEmpty();
        put("x".repeat(1000));
        put("x".repeat(1000));
        assertThatThrownBy(() -> put("x".repeat(1000)))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
        assertThat(files()).hasSize(2);
        put("x".repeat(500));
    }

    @Test
    void oneThatNobodyUsesIsDeleted() throws IOException {
        DumpId id = put(GOOD);
        dumps.deleteOld(System.nanoTime());
        assertThat(files()).hasSize(1);
        dumps.deleteOld(System.nanoTime() + Duration.ofMinutes(60).toNanos());
        assertThat(files()).isEmpty();
        assertThat(dumps.build(id, ACME, LIMIT)).isPresent();
    }

    @Test
    void everyUseGivesItsPlaceBack() throws IOException {
        for (int i = 0; i < 10; i++) {
            DumpId id = put(i % 2 == 0 ? GOOD : "BEGIN;");
            assertThat(dumps.build(id, ACME, LIMIT).isEmpty()).isEqualTo(i % 2 == 0);
            dumps.discard(id);
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
