package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Point reads and durable inserts through the pipeline, with one and with sixteen connections, sqld and Skerry one
/// after the other.
final class Throughput implements Measurement {

    private static final int[] CONNECTIONS = {16, 1};

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        List<Load.Result> sqld = new ArrayList<>();
        try (ServerProcess server = ServerProcess.sqld(context.directory("sqld"))) {
            prepare(server.endpoint());
            sqld.addAll(loads(context, server.endpoint()));
        }
        List<Load.Result> skerry = new ArrayList<>();
        List<Load.Result> replicated = new ArrayList<>();
        try (ServerProcess server = ServerProcess.skerry(context.directory("skerry"))) {
            ControlPlane control = new ControlPlane(server);
            Endpoint endpoint = control.createDatabase("bench");
            prepare(endpoint);
            skerry.addAll(loads(context, endpoint));
            for (String location : List.of("lhr", "bos")) {
                control.addLocation(location);
                control.awaitLocation(location);
            }
            for (int connections : CONNECTIONS) {
                replicated.add(
                        new Load(endpoint, connections, Statements::insert).run(context.warmUp(), context.measured()));
            }
        }
        return rows(sqld, skerry, replicated);
    }

    static void prepare(Endpoint endpoint) throws IOException {
        try (PipelineConnection connection = new PipelineConnection(endpoint)) {
            connection.call(Statements.execute(Statements.CREATE_READ_TABLE));
            connection.call(Statements.execute(Statements.FILL_READ_TABLE));
            connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
        }
    }

    private static List<Load.Result> loads(Context context, Endpoint endpoint)
            throws IOException, InterruptedException {
        List<Load.Result> results = new ArrayList<>();
        for (Load.Body body : List.<Load.Body>of(Statements::pointRead, Statements::insert)) {
            for (int connections : CONNECTIONS) {
                results.add(new Load(endpoint, connections, body).run(context.warmUp(), context.measured()));
            }
        }
        return results;
    }

    private static List<Row> rows(List<Load.Result> sqld, List<Load.Result> skerry, List<Load.Result> replicated) {
        String[] names = {
            "point read, 16 connections", "point read, 1 connection", "insert, 16 connections", "insert, 1 connection"
        };
        String[] goals = {"10x, p99 <= 1/4", "8x", "20x", "2x"};
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            double ratio = skerry.get(i).perSecond() / sqld.get(i).perSecond();
            rows.add(new Row(
                    names[i],
                    "" + sqld.get(i),
                    skerry.get(i) + String.format(Locale.ROOT, " (%.1fx)", ratio),
                    goals[i]));
        }
        for (int i = 0; i < replicated.size(); i++) {
            double share =
                    100 * replicated.get(i).perSecond() / skerry.get(2 + i).perSecond();
            rows.add(new Row(
                    names[2 + i] + ", with lhr and bos",
                    "-",
                    replicated.get(i) + String.format(Locale.ROOT, " (%.0f %% of one location)", share),
                    "60 % of the above"));
        }
        return rows;
    }
}
