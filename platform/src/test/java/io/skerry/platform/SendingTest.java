package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SendingTest {

    private static final int BYTES = 4 << 20;
    private static final int CLIENTS = 20;

    /// Each of them would have a copy of the answer to itself otherwise.
    @Test
    @Timeout(120)
    void manyWhoTakeNothingOfALargeAnswerShareItsBytes() throws IOException {
        Answer large = new Answer(200, "text/plain", Map.of(), new byte[BYTES]);
        HttpRouting.Builder routing =
                HttpRouting.builder().any((request, response) -> Sending.send(response, large, false));
        // What the kernel takes is not in the heap: it must take little.
        WebServer server = WebServer.builder()
                .port(0)
                .connectionOptions(socket -> socket.socketSendBufferSize(4096))
                .routing(routing)
                .build()
                .start();
        List<Socket> slow = new ArrayList<>();
        try {
            long before = used();
            for (int i = 0; i < CLIENTS; i++) {
                Socket socket = new Socket();
                slow.add(socket);
                socket.setReceiveBufferSize(4096);
                socket.connect(new InetSocketAddress("localhost", server.port()));
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                // The answer has begun.
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
            assertThat(used() - before).isLessThan(CLIENTS / 4 * (long) BYTES);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
            server.stop();
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
