package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A dump may last for longer than any other answer.
@Timeout(120)
class LastingDumpTest {

    private static final Duration ANSWER_TIME = Duration.ofSeconds(3);
    private static final int MIB = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void itGoesOnForAsLongAsItsClientTakesIt() throws Exception {
        try (OneNode node = OneNode.start(directory, Map.of("http.answer-time", ANSWER_TIME.toSeconds() + "s"))) {
            String token = node.createLarge("default", "large");
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), node.uri().getPort())) {
                socket.setSoTimeout(60_000);
                socket.getOutputStream()
                        .write(("GET /dev/default/large/dump HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                        + "Authorization: Bearer " + token + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                byte[] last = in.readNBytes(MIB);
                byte[] next = last;
                while (next.length == MIB) {
                    // At a pace at which all of it, but for what systems keep, takes half as long again as that.
                    Thread.sleep(ANSWER_TIME.dividedBy(20));
                    last = next;
                    next = in.readNBytes(MIB);
                }
                assertThat(new String(last, StandardCharsets.US_ASCII) + new String(next, StandardCharsets.US_ASCII))
                        .endsWith("COMMIT;\n\r\n0\r\n\r\n");
            }
        }
    }
}
