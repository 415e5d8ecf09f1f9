package io.skerry.server.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.catalog.progress.Progress;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.PeerAddress;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An order of one node to another that may last for hours, as long as it makes progress: the node that carries it out
/// says now and then how far it is, and how it ended at last, each in a line. So each notices within
/// seconds that the other one is gone: who gave the order takes it for failed, who carries it out ends.
final class LastingOrder {

    private static final Logger log = LoggerFactory.getLogger(LastingOrder.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration BEAT = Duration.ofSeconds(2);
    /// Some beats, of a machine that is busy.
    private static final Duration SILENCE = Duration.ofSeconds(15);
    /// What an order answers is a sentence at most.
    private static final int LINE_BYTES_MAX = 1 << 16;

    /// A line.
    ///
    /// @param mark how far it is; null at the end
    /// @param failure null if it was carried out
    /// @param answer of the order, if it has one
    record Report(Progress.@Nullable Mark mark, @Nullable Failure failure, String answer) {}

    private LastingOrder() {}

    /// Carries an order out on a thread of its own, which is interrupted if the other node is gone before its end.
    ///
    /// @param path of the request, for the log
    static void carryOut(String path, ServerResponse response, Function<Progress, String> order) throws IOException {
        Progress progress = new Progress();
        FutureTask<Report> task = new FutureTask<>(() -> run(path, order, progress));
        Thread.ofVirtual().name("order").start(task);
        response.status(Status.OK_200).header(HeaderNames.CONTENT_TYPE, "application/json");
        try (OutputStream out = response.outputStream()) {
            write(out, await(task, progress, out));
        } finally {
            task.cancel(true);
        }
    }

    private static void write(OutputStream out, Report report) throws IOException {
        out.write(JSON.writeValueAsBytes(report));
        out.write('\n');
        out.flush();
    }

    private static Report run(String path, Function<Progress, String> order, Progress progress) {
        try {
            return new Report(null, null, order.apply(progress));
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            log.atWarn().addKeyValue("path", path).log("order of another node failed: {}", failure.message());
            return new Report(null, failure, "");
        }
    }

    private static Report await(FutureTask<Report> task, Progress progress, OutputStream out) throws IOException {
        while (true) {
            try {
                return task.get(BEAT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                write(out, new Report(progress.mark(), null, ""));
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
    /// @param told how far it is
    /// @return what it answers
    /// @throws RuntimeException what was thrown there; [DatabaseException] UNAVAILABLE if it did not begin,
    ///     OUTCOME_UNKNOWN if the other node fell silent
    static String give(PeerAddress peer, String path, PeerSecret secret, Progress told) {
        HttpURLConnection connection = null;
        try {
            connection = PeerDownload.connection(peer, path, secret, SILENCE);
            connection.setRequestMethod("PUT");
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw refused(peer, connection, status);
            }
            try (InputStream in = new BufferedInputStream(connection.getInputStream())) {
                Report report = next(in);
                for (; report.mark() != null; report = next(in)) {
                    told.at(report.mark().done(), report.mark().all());
                }
                if (report.failure() != null) {
                    throw report.failure().toThrow(peer.node().value());
                }
                return report.answer();
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

    private static Report next(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0 || line.size() == LINE_BYTES_MAX) {
                throw new IOException(b < 0 ? "its answer ended early" : "its answer has a line that is too long");
            }
            line.write(b);
        }
        return JSON.readValue(line.toByteArray(), Report.class);
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
