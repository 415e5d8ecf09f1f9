package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a database costs that was written and closed again: the difference between two numbers of them, in the live
/// objects of the process. Those of the log do not count: the newest entries of each group are kept in memory up to a
/// limit, whichever databases they belong to, and so much of them that they would hide what is looked for. Nothing that
/// is closed has native memory.
final class ClosedDatabases implements Measurement {

    private static final int FEW = 500;
    private static final int MANY = 4_500;

    /// A line of `GC.class_histogram`: rank, instances, bytes, class.
    private static final Pattern CLASS = Pattern.compile("(?m)^ *\\d+: +\\d+ +(\\d+) +(\\S+)");

    /// What the log's entries in memory are made of.
    private static final Pattern LOG = Pattern.compile(
            "\\[B|org\\.apache\\.ratis\\..*|java\\.lang\\.Long|java\\.util\\.concurrent\\.ConcurrentSkipListMap.*|.*FillerElement;?");

    @Override
    public List<Row> run(Context context) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.skerry(context.directory("closed"), "databases.idle-time=1s")) {
            ControlPlane control = new ControlPlane(server);
            String token = control.groupToken();
            create(server, control, token, 0, FEW);
            long few = liveBytes(server);
            create(server, control, token, FEW, MANY);
            long many = liveBytes(server);
            return List.of(new Row(
                    "memory per closed database, written once",
                    "-",
                    String.format(Locale.ROOT, "%.1f KB", (many - few) / 1024.0 / (MANY - FEW)),
                    "<= 2 KB"));
        }
    }

    private static void create(ServerProcess server, ControlPlane control, String token, int from, int to)
            throws IOException, InterruptedException {
        for (int i = from; i < to; i++) {
            control.create("c" + i);
            try (PipelineConnection connection =
                    new PipelineConnection(new Endpoint(server.port(0), "/dev/c" + i, token))) {
                connection.call(Statements.execute(Statements.CREATE_INSERT_TABLE));
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (long open = openDatabases(server.pid()); open > 0; open = openDatabases(server.pid())) {
            if (System.nanoTime() > deadline) {
                throw new IOException(open + " databases stayed open");
            }
            Thread.sleep(200);
        }
    }

    /// Databases whose write-ahead log the process has open; the catalog is closed like any other.
    private static long openDatabases(long pid) throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.filter(ClosedDatabases::isWal).count();
        }
    }

    private static boolean isWal(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().endsWith("-wal");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static long liveBytes(ServerProcess server) throws IOException, InterruptedException {
        Matcher line = CLASS.matcher(Jcmd.run(server, "GC.class_histogram"));
        long bytes = 0;
        while (line.find()) {
            if (!LOG.matcher(line.group(2)).matches()) {
                bytes += Long.parseLong(line.group(1));
            }
        }
        if (bytes == 0) {
            throw new IOException("jcmd told of no objects");
        }
        return bytes;
    }
}
