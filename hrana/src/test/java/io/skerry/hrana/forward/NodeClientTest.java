package io.skerry.hrana.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.hop.Deadline;
import io.skerry.hrana.HranaSettings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NodeClientTest {

    private static final HranaSettings.Forwarding ONE_AT_ONCE = new HranaSettings.Forwarding(
            1, Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofSeconds(5), 1 << 20);

    /// Its answer is waited for while the other node is there, which a port that is full may still seem to be.
    @Test
    void whatLastsMustBeginInTime() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                NodeClient client = new NodeClient(ONE_AT_ONCE, new HopMark("mark"), Optional.empty())) {
            URI node = URI.create("http://127.0.0.1:" + other.getLocalPort());
            FutureTask<Outcome> sent =
                    new FutureTask<>(() -> client.putLasting(node.resolve("/v2/upload/1"), node, null, "192.0.2.1"));
            Thread.ofVirtual().start(sent);
            try (Socket taken = other.accept()) {
                assertThat(new BufferedReader(new InputStreamReader(taken.getInputStream(), UTF_8))
                                .lines()
                                .takeWhile(line -> !line.isEmpty()))
                        .anyMatch(line -> line.startsWith(Deadline.HEADER + ": "));
            }
            assertThat(sent.get()).isInstanceOf(Outcome.Lost.class);
        }
    }

    @Test
    void whoGetsNoTurnIsNotSent() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                NodeClient client =
                        new NodeClient(ONE_AT_ONCE, new HopMark("mark"), Optional.empty(), Duration.ofMillis(10))) {
            URI primary = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/dev/shop");
            FutureTask<Outcome> first = new FutureTask<>(() -> client.send(primary, null, new byte[0], 0));
            Thread.ofVirtual().start(first);
            try (Socket taken = silent.accept()) {
                assertThat(client.send(primary, null, new byte[0], 0))
                        .isEqualTo(new Outcome.NotSent("too many requests to other nodes at once; try again later"));
                assertThat(taken.getInputStream().read()).isEqualTo('P');
            }
            assertThat(first.get()).isInstanceOf(Outcome.Lost.class);
        }
    }
}
