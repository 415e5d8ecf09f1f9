package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;

/// Asks the server how far the content of a new database is, now and then while another call waits for
/// it, and shows it as [ProgressLine] does. What it is not told it does not show.
final class SeedProgress implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Server server;
    private final String database;
    private final ProgressLine shown;
    private final Duration every;
    private final Thread thread;
    private volatile boolean over;

    private SeedProgress(Server server, String database, ProgressLine shown, Duration every) {
        this.server = server;
        this.database = database;
        this.shown = shown;
        this.every = every;
        this.thread = Thread.ofVirtual().name("seed-progress").unstarted(this::look);
    }

    static SeedProgress begin(Server server, String database) {
        return begin(server, database, ProgressLine.of(server.err(), 0), EVERY);
    }

    static SeedProgress begin(Server server, String database, ProgressLine shown, Duration every) {
        SeedProgress progress = new SeedProgress(server, database, shown, every);
        progress.thread.start();
        return progress;
    }

    private void look() {
        String step = "";
        try {
            while (shown.isShown() && !over) {
                Thread.sleep(every);
                JsonNode seed = seed();
                long total = seed.path("bytes_total").asLong();
                if (total > 0) {
                    if (!step.equals(seed.path("step").asText())) {
                        shown.end();
                        step = seed.path("step").asText();
                    }
                    shown.at(step, seed.path("bytes_done").asLong(), total);
                }
            }
        } catch (RemoteException | InterruptedException e) {
            // The call that waits tells how it ended.
        } finally {
            shown.end();
        }
    }

    /// Nothing if the server cannot tell now.
    private JsonNode seed() throws RemoteException {
        try {
            return server.call("GET", server.path("databases", database, "seed"), null)
                    .path("seed");
        } catch (RemoteException e) {
            if (!DatabaseUpload.isUnknown(e)) {
                throw e;
            }
            return MissingNode.getInstance();
        }
    }

    @Override
    public void close() {
        over = true;
        thread.interrupt();
        try {
            // What is printed next begins a line of its own.
            thread.join(EVERY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
