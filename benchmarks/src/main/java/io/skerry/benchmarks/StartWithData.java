package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The start of a `dev` that holds a gigabyte, after a clean end and after a kill -9: until it answers, and until
/// each database has answered with a row of its own.
final class StartWithData implements Measurement {

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("data"))) {
            List<Endpoint> databases = Gigabyte.create(new ControlPlane(server));
            server.kill();
            String killed = start(server, databases);
            server.stop();
            String stopped = start(server, databases);
            return List.of(
                    new Row("start of dev with 1 GB in 20 databases", "-", stopped, "<= 4 s"),
                    new Row("the same after kill -9", "-", killed, "<= 4 s"));
        }
    }

    private static String start(ServerProcess server, List<Endpoint> databases)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        server.restart();
        for (Endpoint database : databases) {
            Endpoint now = new Endpoint(server.port(0), database.path(), database.token());
            try (PipelineConnection connection = new PipelineConnection(now)) {
                connection.call(Statements.execute("SELECT length(data) FROM bulk WHERE id = 50"));
            }
        }
        Duration all = Duration.ofNanos(System.nanoTime() - begin);
        return Footprint.seconds(server.startTime()) + ", all databases read after " + Footprint.seconds(all);
    }
}
