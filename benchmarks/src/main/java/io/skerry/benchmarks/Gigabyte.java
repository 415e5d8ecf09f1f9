package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A gigabyte in 20 databases of the group `default`.
final class Gigabyte {

    private static final int DATABASES = 20;
    private static final int MEGABYTES_EACH = 50;
    static final int MEGABYTES = DATABASES * MEGABYTES_EACH;

    private Gigabyte() {}

    /// Creates and fills the databases `db0` to `db19`.
    static List<Endpoint> create(ControlPlane control) throws IOException, InterruptedException {
        List<Endpoint> databases = new ArrayList<>();
        for (int i = 0; i < DATABASES; i++) {
            Endpoint database = control.createDatabase("db" + i);
            fill(database);
            databases.add(database);
        }
        return databases;
    }

    /// Rows of a megabyte of random bytes: what a copy has to carry is what the file holds.
    private static void fill(Endpoint database) throws IOException {
        try (PipelineConnection connection = new PipelineConnection(database)) {
            connection.call(Statements.execute("CREATE TABLE bulk (id INTEGER PRIMARY KEY, data BLOB)"));
            for (int i = 0; i < MEGABYTES_EACH; i++) {
                connection.call(Statements.execute("INSERT INTO bulk (data) VALUES (randomblob(1000000))"));
            }
        }
    }
}
