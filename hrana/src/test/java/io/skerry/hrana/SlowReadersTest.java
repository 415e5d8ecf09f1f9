package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.requests;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.testing.Await;
import io.skerry.hrana.DatabaseAccess.Address;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Clients that ask for much and read little keep the memory of their answers. Others go on.
///
/// A path `/dev/OWNER/NAME` is a database of that owner.
@Timeout(120)
class SlowReadersTest {

    /// More than the buffers of both sides of a connection take.
    private static final String LARGE = requests(execute("ROWS 10000"), CLOSE);

    private static final String SMALL = requests(execute("ROWS 30"), CLOSE);
    private static final String WRITE = requests(execute("WRITE"), CLOSE);

    private final FakeDatabase database = new FakeDatabase();
    private final DataPlane plane = plane(database, null, HranaSettings.defaults());
    private final List<Socket> unread = new ArrayList<>();

    private static DataPlane plane(@Nullable FakeDatabase local, @Nullable URI primary, HranaSettings settings) {
        return new DataPlane(
                (address, authorization) -> {
                    Address.Path path = (Address.Path) address;
                    String owner = String.valueOf(path.organization());
                    return new Target(
                            owner + "/" + path.database(),
                            owner,
                            local,
                            primary,
                            SessionOptions.FULL,
                            Restrictions.NONE,
                            Callers.ANYWHERE,
                            false,
                            Attachables.NONE,
                            () -> Restrictions.NONE);
                },
                settings);
    }

    @AfterEach
    void stop() throws IOException {
        leave();
        plane.close();
    }

    private void leave() throws IOException {
        for (Socket socket : unread) {
            socket.close();
        }
        unread.clear();
    }

    /// Asks, and reads nothing but the beginning of the answer, which is made then.
    private void askWithoutReading(DataPlane asked, String path, String body) throws IOException {
        Socket socket = new Socket();
        unread.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.setSoTimeout(60_000);
        socket.connect(new InetSocketAddress("127.0.0.1", asked.port()));
        socket.getOutputStream()
                .write(("POST " + path + "/v2/pipeline HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body)
                        .getBytes(ISO_8859_1));
        assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
                .isEqualTo("HTTP/1.1 200");
    }

    private static String ask(DataPlane asked, String path, String body) {
        var response = asked.post(path + "/v2/pipeline", body);
        return response.statusCode() + response.body();
    }

    @Test
    void ofOneOwnerLeaveRoomToOthers() throws IOException {
        for (int i = 0; i < 6; i++) {
            askWithoutReading(plane, "/dev/acme/shop" + i, LARGE);
        }

        assertThat(ask(plane, "/dev/acme/more", LARGE))
                .startsWith("200")
                .contains("RESPONSE_TOO_LARGE", "this organization's databases");
        assertThat(ask(plane, "/dev/acme/more", WRITE)).startsWith("200").doesNotContain("\"error\"");
        assertThat(ask(plane, "/dev/other/shop", LARGE)).startsWith("200").doesNotContain("\"error\"");
        assertThat(ask(plane, "/dev/other/shop", WRITE)).startsWith("200").doesNotContain("\"error\"");

        leave();
        Await.until(
                "what the clients kept is free",
                () -> !ask(plane, "/dev/acme/more", LARGE).contains("\"error\""));
    }

    @Test
    void ofManyOwnersLeaveRoomToSmallAnswers() throws IOException {
        for (int i = 0; i < 8; i++) {
            askWithoutReading(plane, "/dev/owner" + i + "/shop", LARGE);
        }

        assertThat(ask(plane, "/dev/other/shop", LARGE))
                .startsWith("200")
                .contains("RESPONSE_TOO_LARGE", "all answers under way");
        // More than the buffers that lay ready.
        for (int i = 0; i < 100; i++) {
            askWithoutReading(plane, "/dev/other/shop", SMALL);
        }
        assertThat(ask(plane, "/dev/another/shop", SMALL)).startsWith("200").doesNotContain("\"error\"");
        assertThat(ask(plane, "/dev/another/shop", WRITE)).startsWith("200").doesNotContain("\"error\"");
    }

    /// What another node answered is passed on as it is, whatever it takes.
    @Test
    void ofAnswersOfAnotherNodeLeaveRoomToOthersToo() throws IOException {
        var d = HranaSettings.defaults();
        try (DataPlane replica = plane(
                null,
                plane.uri("/dev/there/shop"),
                d.with(new HranaSettings.Results(4 << 20, 8 << 20))
                        .with(new HranaSettings.Forwarding(
                                4, Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(50), 64 << 20)))) {
            askWithoutReading(replica, "/dev/acme/shop", LARGE);
            askWithoutReading(replica, "/dev/third/shop", LARGE);

            assertThat(ask(replica, "/dev/acme/shop", WRITE))
                    .startsWith("200")
                    .contains("RESPONSE_TOO_LARGE", "this organization's databases");
            assertThat(database.frame).as("nothing of it ran").hasValue(0);
            assertThat(ask(replica, "/dev/other/shop", WRITE)).startsWith("200").doesNotContain("\"error\"");
            leave();
        }
    }
}
