package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;

/// A closed loop: each connection sends its next request when the answer to the last one has arrived.
record Load(Endpoint endpoint, int connections, Body body) {

    /// Makes the body of the next request.
    @FunctionalInterface
    interface Body {
        String next(ThreadLocalRandom random);
    }

    /// @param answered requests answered within the time
    /// @param latencyMicros of all that were sent; for those never answered, how long they were waited for
    /// @param unanswered requests without an answer [#PATIENCE] after the end
    record Result(long answered, Duration time, Histogram latencyMicros, int unanswered) {
        double perSecond() {
            return answered * 1e9 / time.toNanos();
        }

        double millisAt(double percentile) {
            return latencyMicros.getValueAtPercentile(percentile) / 1000.0;
        }

        @Override
        public String toString() {
            return String.format(
                            Locale.ROOT, "%,.0f/s, p50 %.2f ms, p99 %.2f ms", perSecond(), millisAt(50), millisAt(99))
                    + (unanswered == 0 ? "" : ", " + unanswered + " never answered");
        }
    }

    /// What one connection saw.
    private static final class Share {
        private final Histogram latencyMicros = new Histogram(MAX_MICROS, 3);
        private long answered;
        private int unanswered;
    }

    private static final long MAX_MICROS = 600_000_000L;
    /// How long after its end a load waits for the last answers: sqld lets single connections starve.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Warms up, then measures; what came of the warm-up if the server stopped answering in it.
    ///
    /// @throws IOException if any request failed: a figure that hides errors is none
    Result run(Duration warmUp, Duration measured) throws IOException, InterruptedException {
        Result warm = drive(warmUp);
        return warm.unanswered() > 0 ? warm : drive(measured);
    }

    Result drive(Duration time) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            long end = System.nanoTime() + time.toNanos();
            List<Future<Share>> shares = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                shares.add(threads.submit(() -> drive(time.plus(PATIENCE), end)));
            }
            Histogram latency = new Histogram(MAX_MICROS, 3);
            long answered = 0;
            int unanswered = 0;
            for (Future<Share> share : shares) {
                latency.add(share.get().latencyMicros);
                answered += share.get().answered;
                unanswered += share.get().unanswered;
            }
            return new Result(answered, time, latency, unanswered);
        } catch (ExecutionException e) {
            throw new IOException("the load failed: " + e.getCause(), e);
        }
    }

    private Share drive(Duration patience, long end) throws IOException {
        Share share = new Share();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (PipelineConnection connection = new PipelineConnection(endpoint, patience)) {
            for (long now = System.nanoTime(); now < end; ) {
                boolean answered = call(connection, body.next(random));
                long done = System.nanoTime();
                share.latencyMicros.recordValue(Math.min((done - now) / 1000, MAX_MICROS));
                if (!answered) {
                    share.unanswered++;
                    return share;
                }
                if (done <= end) {
                    share.answered++;
                }
                now = done;
            }
        }
        return share;
    }

    private static boolean call(PipelineConnection connection, String body) throws IOException {
        try {
            connection.call(body);
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }
}
