package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    record Result(long requests, Duration time, Histogram latencyMicros) {
        double perSecond() {
            return requests * 1e9 / time.toNanos();
        }

        double millisAt(double percentile) {
            return latencyMicros.getValueAtPercentile(percentile) / 1000.0;
        }

        @Override
        public String toString() {
            return String.format(
                    java.util.Locale.ROOT,
                    "%,.0f/s, p50 %.2f ms, p99 %.2f ms",
                    perSecond(),
                    millisAt(50),
                    millisAt(99));
        }
    }

    /// Warms up, then measures.
    ///
    /// @throws IOException if any request failed: a figure that hides errors is none
    Result run(Duration warmUp, Duration measured) throws IOException, InterruptedException {
        drive(warmUp);
        return drive(measured);
    }

    Result drive(Duration time) throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(connections)) {
            long start = System.nanoTime();
            long end = start + time.toNanos();
            List<Future<Histogram>> parts = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                parts.add(threads.submit(() -> drive(end)));
            }
            Histogram all = new Histogram(60_000_000L, 3);
            for (Future<Histogram> part : parts) {
                all.add(part.get());
            }
            return new Result(all.getTotalCount(), Duration.ofNanos(System.nanoTime() - start), all);
        } catch (ExecutionException e) {
            throw new IOException("the load failed: " + e.getCause(), e);
        }
    }

    private Histogram drive(long end) throws IOException {
        Histogram latency = new Histogram(60_000_000L, 3);
        ThreadLocalRandom random = ThreadLocalRandom.current();
        try (PipelineConnection connection = new PipelineConnection(endpoint)) {
            for (long now = System.nanoTime(); now < end; ) {
                connection.call(body.next(random));
                long done = System.nanoTime();
                latency.recordValue(Math.min((done - now) / 1000, 60_000_000L));
                now = done;
            }
        }
        return latency;
    }
}
