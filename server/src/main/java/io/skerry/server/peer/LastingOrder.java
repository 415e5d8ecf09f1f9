package io.skerry.server.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.PeerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An order of one node to another that may last for hours, as long as it makes progress: the node that carries it out
/// sends a blank now and then, and how it ended at last. So each notices within seconds that the other one is
/// gone: who gave the order takes it for failed, who carries it out ends.
final class LastingOrder {

    private static final Logger log = LoggerFactory.getLogger(LastingOrder.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BEAT = Duration.ofSeconds(2);
    /// Some beats, of a machine that is busy.
    private static final Duration SILENCE = Duration.ofSeconds(15);
    /// Blanks of many days, and what an order answers.
    private static final int ANSWER_BYTES_MAX = 1 << 20;

    /// @param failure null if it was carried out
    /// @param answer of the order, if it has one
    record End(@Nullable Failure failure, String answer) {}

    private LastingOrder() {}

    /// Carries an order out on a thread of its own, which is interrupted if the other node is gone before its end.
    ///
    /// @param path of the request, for the log
    static void carryOut(String path, ServerResponse response, Supplier<String> order) throws IOException {
        FutureTask<End> task = new FutureTask<>(() -> run(path, order));
        Thread.ofVirtual().name("order").start(task);
        response.status(Status.OK_200).header(HeaderNames.CONTENT_TYPE, "application/json");
        try (OutputStream out = response.outputStream()) {
            out.write(JSON.writeValueAsBytes(await(task, out)));
        } finally {
            task.cancel(true);
        }
    }

    private static End run(String path, Supplier<String> order) {
        try {
            return new End(null, order.get());
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            log.atWarn().addKeyValue("path", path).log("order of another node failed: {}", failure.message());
            return new End(failure, "");
        }
    }

    private static End await(FutureTask<End> task, OutputStream out) throws IOException {
        while (true) {
            try {
                return task.get(BEAT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                out.write(' ');
                out.flush();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the node is stopping", e);
            }
        }
    }

    /// Gives an order and waits for its end.
    ///
    /// @return what it answers
    /// @throws RuntimeException what was thrown there; [DatabaseException] UNAVAILABLE if it did not begin,
    ///     OUTCOME_UNKNOWN if the other node fell silent
    static String give(PeerAddress peer, String path, PeerSecret secret) {
        HttpURLConnection connection = null;
        try {
            connection = PeerDownload.connection(peer, path, secret, SILENCE);
            connection.setRequestMethod("PUT");
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw refused(peer, connection, status);
            }
            try (InputStream in = connection.getInputStream()) {
                End end = JSON.readValue(in.readNBytes(ANSWER_BYTES_MAX), End.class);
                if (end.failure() != null) {
                    throw end.failure().toThrow(peer.node().value());
                }
                return end.answer();
            }
        } catch (ConnectException e) {
            throw new DatabaseException(
                    Code.UNAVAILABLE,
                    "node " + peer.node() + " does not answer at " + peer.transfer() + "; is it running?",
                    e);
        } catch (IOException e) {
            throw new DatabaseException(
                    Code.OUTCOME_UNKNOWN, "node " + peer.node() + " fell silent before the end of an order: " + e, e);
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    private static RuntimeException refused(PeerAddress peer, HttpURLConnection connection, int status)
            throws IOException {
        if (status == HttpURLConnection.HTTP_CONFLICT) {
            try (InputStream in = connection.getErrorStream()) {
                return JSON.readValue(in, Failure.class).toThrow(peer.node().value());
            }
        }
        return new DatabaseException(
                Code.UNAVAILABLE, "node " + peer.node() + " answered an order with status " + status);
    }
}
