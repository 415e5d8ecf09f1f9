package io.skerry.server.peer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class PiecedBodyTest {

    @Test
    void aPieceOfLessThanNothingIsRefused() {
        InputStream body = PiecedBody.open("fra", new ByteArrayInputStream(new byte[] {-1, -1, -1, -1, 1, 2}));
        assertThatThrownBy(() -> body.read(new byte[8], 0, 8))
                .isInstanceOf(IOException.class)
                .hasMessage("a piece of -1 bytes");
    }
}
