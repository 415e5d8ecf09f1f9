package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where the server's processor time goes under each load of [Throughput], and while a location is copied: its samples
/// of processor time (JEP 509,
/// Linux only), by [Stage]. What the samples do not cover are threads that run no Java code: the JVM's own.
final class Profile implements Measurement {

    private static final String SETTINGS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0">
              <event name="jdk.CPUTimeSample">
                <setting name="enabled">true</setting>
                <setting name="throttle">2ms</setting>
                <setting name="stackTrace">true</setting>
              </event>
            </configuration>
            """;

    /// Within the copy of a gigabyte, at the speed that it may have.
    private static final Duration COPY = Duration.ofSeconds(8);

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        try (ServerProcess server = ServerProcess.skerry(context.directory("profile"))) {
            ControlPlane control = new ControlPlane(server);
            Endpoint endpoint = control.createDatabase("bench");
            Throughput.prepare(endpoint);
            rows.add(profileWarm(context, server, "point read, 16", new Load(endpoint, 16, Statements::pointRead)));
            rows.add(profileWarm(context, server, "point read, 1", new Load(endpoint, 1, Statements::pointRead)));
            rows.add(profileWarm(context, server, "insert, 16", new Load(endpoint, 16, Statements::insert)));
            rows.add(profileWarm(context, server, "insert, 1", new Load(endpoint, 1, Statements::insert)));
            for (String location : List.of("lhr", "bos")) {
                control.addLocation(location);
                control.awaitLocation(location);
            }
            rows.add(profileWarm(
                    context, server, "insert, 16, lhr and bos", new Load(endpoint, 16, Statements::insert)));
        }
        rows.add(duringACopy(context));
        return rows;
    }

    /// The load of [NewLocation].
    private static Row duringACopy(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("profile-copy"), "groups.join-answer=0s")) {
            ControlPlane control = new ControlPlane(server);
            Gigabyte.create(control);
            Endpoint endpoint = control.createDatabase("bench");
            Throughput.prepare(endpoint);
            Load load = new Load(endpoint, 1, Statements::insert);
            load.drive(context.warmUp());
            control.addLocation("lhr");
            return profile(context, server, "insert, 1, while 1 GB is copied to lhr", load, COPY);
        }
    }

    private static Row profileWarm(Context context, ServerProcess server, String name, Load load)
            throws IOException, InterruptedException {
        load.drive(context.warmUp());
        return profile(context, server, name, load, context.measured());
    }

    private static Row profile(Context context, ServerProcess server, String name, Load load, Duration measured)
            throws IOException, InterruptedException {
        Path settings = Files.writeString(context.scratch().resolve("profile.jfc"), SETTINGS);
        Path recording = context.scratch().resolve("profile.jfr");
        Jcmd.run(server, "JFR.start", "name=profile", "settings=" + settings);
        Duration before = ProcessStats.cpuTime(server.pid());
        Load.Result result = load.drive(measured);
        Duration used = ProcessStats.cpuTime(server.pid()).minus(before);
        Jcmd.run(server, "JFR.stop", "name=profile", "filename=" + recording);
        double micros = used.toNanos() / 1e3 / result.answered();
        String shares = StageShares.read(recording).describe(used);
        Files.delete(recording);
        return new Row(
                "processor time per request: " + name,
                "-",
                String.format(Locale.ROOT, "%.0f us: %s", micros, shares),
                "-");
    }
}
