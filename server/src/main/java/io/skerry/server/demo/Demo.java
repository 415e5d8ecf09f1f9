package io.skerry.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.file.FileTree;
import io.skerry.server.DevCluster;
import io.skerry.server.Node;
import io.skerry.server.config.Configuration;
import io.skerry.server.life.Parallel;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// A database is created in Frankfurt and filled, its group is given London and Boston, and both then
/// answer from files of their own.
public final class Demo {

    private static final List<LocationCode> LOCATIONS =
            Stream.of("fra", "lhr", "bos").map(LocationCode::new).toList();
    private static final String ORGANIZATION = "default";
    private static final int ROWS = 1_000;
    private static final int ROWS_PER_CALL = 100;
    private static final int LAG_SAMPLES = 50;
    private static final int TRAINING_CLIENTS = 4;
    private static final Duration TRAINING = Duration.ofSeconds(6);

    private final Teller teller;
    private final DevCluster cluster;
    private final Path directory;

    private Demo(Teller teller, DevCluster cluster, Path directory) {
        this.teller = teller;
        this.cluster = cluster;
        this.directory = directory;
    }

    /// Plays the whole story and cleans up after it.
    ///
    /// @throws DemoException if a step did not do what it should
    public static void play(Configuration settings, PrintStream out) throws Exception {
        play(settings, out, Demo::tell);
    }

    /// The same, and then for some seconds what most clients do most of the time: the JVM remembers what was
    /// called often.
    public static void train(Configuration settings, PrintStream out) throws Exception {
        play(settings, out, demo -> {
            demo.tell();
            Sql fra = demo.sql("fra", demo.databaseToken());
            demo.repeat(fra, "SELECT item, pieces FROM orders WHERE id = 1");
            demo.repeat(fra, "INSERT INTO orders (item, pieces) VALUES ('again', 1)");
        });
    }

    /// What is done with three nodes.
    private interface Story {
        void tell(Demo demo) throws Exception;
    }

    private static void play(Configuration settings, PrintStream out, Story story) throws Exception {
        Path directory = Files.createTempDirectory("skerry-demo-");
        try (Teller teller = new Teller(out)) {
            teller.chapter("Three nodes in this process, on " + directory);
            long start = System.nanoTime();
            DevCluster.Plan plan = new DevCluster.Plan(directory, LOCATIONS, 0, ORGANIZATION, null, settings);
            try (DevCluster cluster = DevCluster.start(plan)) {
                teller.say("up in %d ms".formatted((System.nanoTime() - start) / 1_000_000));
                for (Node node : cluster.nodes()) {
                    teller.say(node.location() + "  " + node.uri() + "  "
                            + directory.resolve(node.location().value()));
                }
                story.tell(new Demo(teller, cluster, directory));
            }
        } finally {
            FileTree.delete(directory);
        }
    }

    private void tell() throws IOException, InterruptedException, DemoException {
        createDatabase();
        String token = databaseToken();
        Sql fra = sql("fra", token);
        fill(fra);
        addLocation("lhr", "/v1/groups/default/locations/lhr", "[\"fra\",\"lhr\"]");
        addLocation(
                "bos",
                "/v1/organizations/" + ORGANIZATION + "/groups/default/locations/bos",
                "[\"fra\",\"lhr\",\"bos\"]");
        awaitLocations();
        readThere("lhr", token);
        readThere("bos", token);
        writeThere(sql("lhr", token), fra);
        lag(fra, sql("lhr", token));
        sameEverywhere(token);
    }

    private void createDatabase() throws IOException, InterruptedException, DemoException {
        teller.chapter("A database, in Frankfurt");
        Teller.Answer answer = api(
                "POST",
                "/v1/organizations/" + ORGANIZATION + "/databases",
                "{\"name\":\"shop\",\"group\":\"default\"}");
        teller.proves(
                "database shop exists, at fra alone",
                answer.status() == 200
                        && answer.body().at("/database/Name").asText().equals("shop")
                        && answer.body().at("/database/regions").size() == 1
                        && answer.body().at("/database/regions/0").asText().equals("fra"));
    }

    private String databaseToken() throws IOException, InterruptedException, DemoException {
        teller.chapter("A token for it");
        Teller.Answer answer = api("POST", "/v1/organizations/" + ORGANIZATION + "/databases/shop/auth/tokens", "");
        String jwt = answer.body().path("jwt").asText();
        teller.proves("the token is a JWT", answer.status() == 200 && jwt.split("\\.").length == 3);
        return jwt;
    }

    private void fill(Sql fra) throws IOException, InterruptedException, DemoException {
        teller.chapter("A table and " + ROWS + " rows, over the Hrana protocol");
        fra.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL, pieces INTEGER NOT NULL)");
        long start = System.nanoTime();
        for (int first = 0; first < ROWS; first += ROWS_PER_CALL) {
            List<String> inserts = new ArrayList<>();
            for (int i = first; i < first + ROWS_PER_CALL; i++) {
                inserts.add("INSERT INTO orders (item, pieces) VALUES ('item " + i + "', " + i % 7 + ")");
            }
            fra.quietly(inserts);
        }
        teller.say("%d single inserts, each durable when it was answered, in %d ms"
                .formatted(ROWS, (System.nanoTime() - start) / 1_000_000));
        Teller.Answer count = fra.run("SELECT count(*) FROM orders");
        teller.proves("fra has " + ROWS + " rows", Sql.value(count, 0).equals(Integer.toString(ROWS)));
    }

    private void addLocation(String location, String path, String expected)
            throws IOException, InterruptedException, DemoException {
        teller.chapter("One call adds the location " + location);
        Teller.Answer answer = api("POST", path, "");
        JsonNode group = answer.body().path("group");
        teller.proves(
                "the group's locations are " + expected + ", and writes still go to fra",
                answer.status() == 200
                        && group.path("locations").toString().equals(expected)
                        && group.path("primary").asText().equals("fra"));
    }

    private void awaitLocations() throws IOException, InterruptedException, DemoException {
        teller.chapter("Wait until both have every database");
        for (String location : List.of("lhr", "bos")) {
            Teller.Answer answer = api("GET", "/v1/groups/default/locations/" + location + "/wait", "");
            teller.proves(location + " serves", answer.status() == 200);
        }
        Teller.Answer group = api("GET", "/v1/groups/default", "");
        long serving = StreamSupport.stream(
                        group.body().at("/group/skerry/locations").spliterator(), false)
                .filter(place -> place.path("serving").asBoolean())
                .count();
        teller.proves("the group says so too", serving == LOCATIONS.size());
    }

    private void readThere(String location, String token) throws IOException, InterruptedException, DemoException {
        teller.chapter("Read at " + location + ", from its own files");
        Teller.Answer count = sql(location, token).run("SELECT count(*) FROM orders");
        teller.proves(
                location + " has the " + ROWS + " rows", Sql.value(count, 0).equals(Integer.toString(ROWS)));
        long bytes = databaseBytes(location);
        teller.proves(
                "there are %d KB of database files below %s".formatted(bytes / 1024, directory.resolve(location)),
                bytes > 0);
    }

    private void writeThere(Sql lhr, Sql fra) throws IOException, InterruptedException, DemoException {
        teller.chapter("Write at lhr: it is passed on to fra, and the next read at lhr sees it");
        lhr.run("INSERT INTO orders (item, pieces) VALUES ('sent to London', 1)");
        Teller.Answer there = lhr.run("SELECT count(*) FROM orders WHERE item = 'sent to London'");
        teller.proves("lhr sees its own write at once", Sql.value(there, 0).equals("1"));
        Teller.Answer here = fra.run("SELECT count(*) FROM orders WHERE item = 'sent to London'");
        teller.proves("fra has it: it was taken there", Sql.value(here, 0).equals("1"));
    }

    /// From the acknowledgement at fra to the first read at lhr that shows it.
    private void lag(Sql fra, Sql lhr) throws IOException, InterruptedException, DemoException {
        teller.chapter("How far lhr is behind fra: " + LAG_SAMPLES + " writes there, each looked for here");
        double[] millis = new double[LAG_SAMPLES];
        for (int i = 0; i < LAG_SAMPLES; i++) {
            String item = "lag " + i;
            fra.quietly(List.of("INSERT INTO orders (item, pieces) VALUES ('" + item + "', 1)"));
            long acknowledged = System.nanoTime();
            List<String> look = List.of("SELECT count(*) FROM orders WHERE item = '" + item + "'");
            while (!Sql.value(lhr.quietly(look), 0).equals("1")) {
                if (System.nanoTime() - acknowledged > 10_000_000_000L) {
                    throw new DemoException("a write at fra was not visible at lhr after 10 s");
                }
            }
            millis[i] = (System.nanoTime() - acknowledged) / 1e6;
        }
        Arrays.sort(millis);
        teller.say(String.format(
                Locale.ROOT,
                "acknowledged at fra to visible at lhr, one read's time included: p50 %.1f ms, longest %.1f ms",
                millis[LAG_SAMPLES / 2],
                millis[LAG_SAMPLES - 1]));
        Teller.Answer arrived = lhr.run("SELECT count(*) FROM orders WHERE item LIKE 'lag %'");
        teller.proves("lhr has each of them once", Sql.value(arrived, 0).equals(Integer.toString(LAG_SAMPLES)));
    }

    private void sameEverywhere(String token) throws IOException, InterruptedException, DemoException {
        teller.chapter("The same content everywhere");
        String sum = "SELECT count(*) || ' rows, ' || sum(pieces) || ' pieces, ' || sum(length(item)) FROM orders";
        String fra = Sql.value(sql("fra", token).run(sum), 0);
        for (String location : List.of("lhr", "bos")) {
            long end = System.nanoTime() + 10_000_000_000L;
            String there = "";
            while (!there.equals(fra) && System.nanoTime() - end < 0) {
                there = Sql.value(sql(location, token).quietly(List.of(sum)), 0);
            }
            teller.proves(location + " has what fra has: " + there, there.equals(fra));
        }
    }

    private void repeat(Sql database, String statement) throws Exception {
        teller.chapter("Again and again: " + statement);
        long end = System.nanoTime() + TRAINING.toNanos();
        Parallel.run(TRAINING_CLIENTS, client -> {
            while (System.nanoTime() - end < 0) {
                database.quietly(List.of(statement));
            }
        });
    }

    private Teller.Answer api(String method, String path, String body) throws IOException, InterruptedException {
        return teller.call(method, URI.create(uri("fra") + path), cluster.token(), body);
    }

    private Sql sql(String location, String token) {
        return new Sql(teller, URI.create(uri(location) + "/dev/shop"), token);
    }

    private URI uri(String location) {
        return cluster.nodes().stream()
                .filter(node -> node.location().value().equals(location))
                .findFirst()
                .orElseThrow()
                .uri();
    }

    private long databaseBytes(String location) throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve(location).resolve("groups"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
