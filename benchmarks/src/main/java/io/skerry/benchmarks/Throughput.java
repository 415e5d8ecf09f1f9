package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Point reads and durable inserts through the pipeline, with one and with sixteen connections, sqld and Skerry one
/// after the other; and what Skerry does while its code is not compiled yet.
final class Throughput implements Measurement {

    private static final int[] CONNECTIONS = {16, 1};
    /// Under inserts sqld may stop answering, or answer that its database is locked: it is then tried anew.
    private static final int SQLD_ATTEMPTS = 6;
    /// It has no code to compile, and stands inserts for a short time only.
    private static final Duration SQLD_WARM_UP = Duration.ofSeconds(2);

    private static final String[] NAMES = {
        "point read, 16 connections", "point read, 1 connection", "insert, 16 connections", "insert, 1 connection"
    };

    /// Those that are also shown from the first request of a fresh server on.
    private static final int[] COLD = {0, 2};

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        List<Load.Result> sqld = sqld(context);
        List<Load.Result> cold = new ArrayList<>();
        for (int load : COLD) {
            cold.add(cold(context, load));
        }
        List<Load.Result> skerry = new ArrayList<>();
        List<Load.Result> replicated = new ArrayList<>();
        try (ServerProcess server = ServerProcess.skerry(context.directory("skerry"))) {
            ControlPlane control = new ControlPlane(server);
            Endpoint endpoint = control.createDatabase("bench");
            prepare(endpoint);
            for (Load load : loads(endpoint)) {
                skerry.add(load.run(context.warmUp(), context.measured()));
            }
            for (String location : List.of("lhr", "bos")) {
                control.addLocation(location);
                control.awaitLocation(location);
            }
            for (int connections : CONNECTIONS) {
                replicated.add(
                        new Load(endpoint, connections, Statements::insert).run(context.warmUp(), context.measured()));
            }
        }
        return rows(sqld, cold, skerry, replicated);
    }

    private static Load.Result cold(Context context, int load) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("cold"))) {
            Endpoint endpoint = new ControlPlane(server).createDatabase("bench");
            prepare(endpoint);
            return loads(endpoint).get(load).drive(context.measured());
        }
    }

    static void prepare(Endpoint endpoint) throws IOException {
        try (PipelineConnection connection = new PipelineConnection(endpoint)) {
            connection.call(Statements.execute(Statements.CREATE_READ_TABLE));
            connection.call(Statements.execute(Statements.FILL_READ_TABLE));
            connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
        }
    }

    /// Each load on a server of its own: one that has stopped answering spoils no other figure.
    private static List<Load.Result> sqld(Context context) throws IOException, InterruptedException {
        List<Load.Result> results = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            results.add(sqld(context, i, SQLD_ATTEMPTS));
        }
        return results;
    }

    private static Load.Result sqld(Context context, int load, int attempts) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.sqld(context.directory("sqld"))) {
            prepare(server.endpoint());
            Load.Result result = loads(server.endpoint()).get(load).run(SQLD_WARM_UP, context.measured());
            if (result.unanswered() == 0 || attempts == 1) {
                return result;
            }
        } catch (IOException e) {
            if (attempts == 1) {
                throw e;
            }
            System.out.println("sqld failed: " + e.getMessage());
        }
        return sqld(context, load, attempts - 1);
    }

    /// In the order of [#NAMES].
    private static List<Load> loads(Endpoint endpoint) {
        List<Load> loads = new ArrayList<>();
        for (Load.Body body : List.<Load.Body>of(Statements::pointRead, Statements::insert)) {
            for (int connections : CONNECTIONS) {
                loads.add(new Load(endpoint, connections, body));
            }
        }
        return loads;
    }

    private static List<Row> rows(
            List<Load.Result> sqld, List<Load.Result> cold, List<Load.Result> skerry, List<Load.Result> replicated) {
        String[] goals = {"10x, p99 <= 1/4", "8x", "20x", "2x"};
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            rows.add(new Row(NAMES[i], "" + sqld.get(i), skerry.get(i) + ratio(skerry.get(i), sqld.get(i)), goals[i]));
        }
        for (int i = 0; i < COLD.length; i++) {
            rows.add(new Row(
                    NAMES[COLD[i]] + ", from the start on",
                    "-",
                    cold.get(i) + ratio(cold.get(i), sqld.get(COLD[i])),
                    "-"));
        }
        for (int i = 0; i < replicated.size(); i++) {
            double share =
                    100 * replicated.get(i).perSecond() / skerry.get(2 + i).perSecond();
            rows.add(new Row(
                    NAMES[2 + i] + ", with lhr and bos",
                    "-",
                    replicated.get(i) + String.format(Locale.ROOT, " (%.0f %% of one location)", share),
                    "60 % of the above"));
        }
        return rows;
    }

    private static String ratio(Load.Result skerry, Load.Result sqld) {
        return sqld.unanswered() > 0
                ? " (no ratio: sqld stopped answering)"
                : String.format(Locale.ROOT, " (%.1fx)", skerry.perSecond() / sqld.perSecond());
    }
}
