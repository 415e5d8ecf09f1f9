package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What it costs a request to the control plane that its token, organization, role and right are looked at, as the
/// difference to a call that needs no token; and how long a revoked token lives on at another node. The calls that are
/// compared take turns on one connection, so that the machine's moods are the same for each.
final class Authorization implements Measurement {

    private static final String FREE = "/v1/closest-region";
    private static final String CHECKED = "/v1/organizations/default/plans";
    private static final String FAST = "api.requests-per-second=1000000";
    /// Revoked tokens are wrong ones, and slowed down like any.
    private static final String GUESSING = "api.wrong-tokens-per-minute=1000000";
    private static final int WARM_UP = 20_000;
    private static final int CALLS = 20_000;
    private static final int AFTER_CHANGES = 500;
    private static final int REVOCATIONS = 100;
    private static final Duration AWAITED_MAX = Duration.ofSeconds(10);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("authorization"), FAST, GUESSING)) {
            ControlPlane control = new ControlPlane(server);
            return List.of(cost(control, server), revocation(control, server));
        }
    }

    private static Row cost(ControlPlane control, ServerProcess server) throws IOException, InterruptedException {
        Histogram free = new Histogram(60_000_000_000L, 3);
        Histogram checked = new Histogram(60_000_000_000L, 3);
        Histogram changed = new Histogram(60_000_000_000L, 3);
        try (PipelineConnection connection = new PipelineConnection(new Endpoint(server.port(0), "", null))) {
            for (int i = 0; i < WARM_UP; i++) {
                connection.get(FREE, null);
                connection.get(CHECKED, control.token());
            }
            for (int i = 0; i < CALLS; i++) {
                free.recordValue(nanos(connection, FREE, null));
                checked.recordValue(nanos(connection, CHECKED, control.token()));
            }
            for (int i = 0; i < AFTER_CHANGES; i++) {
                // Every change of the catalog makes what was looked up before void.
                control.call("POST", "/v1/organizations/default/subscription", "{\"plan\":\"starter\"}");
                connection.get(FREE, null);
                changed.recordValue(nanos(connection, CHECKED, control.token()));
            }
        }
        return new Row(
                "authorization of a request, cached",
                "-",
                String.format(
                        Locale.ROOT,
                        "%.0f µs (p50 %.0f µs; %.0f µs for a call without); %.0f µs after a change of the catalog",
                        micros(checked) - micros(free),
                        micros(checked),
                        micros(free),
                        micros(changed) - micros(free)),
                "<= 50 µs");
    }

    private static long nanos(PipelineConnection connection, String path, @Nullable String token) throws IOException {
        long start = System.nanoTime();
        connection.get(path, token);
        return System.nanoTime() - start;
    }

    private static double micros(Histogram nanos) {
        return nanos.getValueAtPercentile(50) / 1000.0;
    }

    private Row revocation(ControlPlane control, ServerProcess server) throws IOException, InterruptedException {
        Histogram elsewhere = new Histogram(60_000_000L, 3);
        for (int i = 0; i < REVOCATIONS; i++) {
            String token = control.mintApiToken("revoked-" + i);
            // It is known at the other node once the change is there.
            await(server.port(0), token, 200);
            await(server.port(1), token, 200);
            control.call("DELETE", "/v1/auth/api-tokens/revoked-" + i, "");
            long start = System.nanoTime();
            if (status(server.port(0), token) != 401) {
                throw new IOException("the node that revoked a token took it still");
            }
            await(server.port(1), token, 401);
            elsewhere.recordValue((System.nanoTime() - start) / 1000);
        }
        return new Row(
                "a revoked token is refused: where it was revoked; at another node",
                "-",
                String.format(
                        Locale.ROOT,
                        "at once; p50 %.1f ms, p99 %.1f ms",
                        elsewhere.getValueAtPercentile(50) / 1000.0,
                        elsewhere.getValueAtPercentile(99) / 1000.0),
                "at once; <= 1 s");
    }

    private void await(int port, String token, int expected) throws IOException, InterruptedException {
        long end = System.nanoTime() + AWAITED_MAX.toNanos();
        while (status(port, token) != expected) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("status " + expected + " was not answered within " + AWAITED_MAX);
            }
        }
    }

    private int status(int port, String token) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + CHECKED))
                .header("Authorization", "Bearer " + token)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
}
