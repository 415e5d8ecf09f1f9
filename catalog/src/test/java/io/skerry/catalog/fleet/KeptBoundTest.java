package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.testing.Crash;
import io.skerry.catalog.testing.PlainDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeptBoundTest {

    private static final byte[] PIECE = new byte[100_000];
    private static final long MAX = 150_000;

    private final PlainDatabase original = new PlainDatabase(new Crash());
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @AfterEach
    void close() {
        original.close();
    }

    @Test
    void aCopyEndsOnceTooMuchIsKeptForIt() throws IOException {
        OutputStream out = KeptBound.of(original, MAX, false, taken);
        original.keep(MAX);
        out.write(PIECE);
        original.keep(MAX + 1);
        assertThatThrownBy(() -> out.write(PIECE))
                .isInstanceOfSatisfying(
                        CatalogException.class, e -> assertThat(e.reason()).isEqualTo(CatalogException.Reason.BUSY))
                .hasMessageContaining("keep more than " + MAX + " bytes");
        assertThat(taken.size()).isEqualTo(PIECE.length);
    }

    @Test
    void whatItWritesIntoTheGroupOfItsOriginalComesOnTop() throws IOException {
        OutputStream out = KeptBound.of(original, MAX, true, taken);
        out.write(PIECE);
        original.keep(MAX + PIECE.length);
        out.write(PIECE);
        original.keep(MAX + 2 * PIECE.length + 1);
        assertThatThrownBy(() -> out.write(PIECE)).isInstanceOf(CatalogException.class);
    }
}
