package io.skerry.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A `skerry dev` with three locations on free ports, run by the JVM that runs the test, from the classes under test.
final class DevProcess implements AutoCloseable {

    static final ObjectMapper JSON = new ObjectMapper();

    private static final int NODES = 3;
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    /// How `dev` tells the address of a node; the token is told beside them.
    private static final Pattern PORT = Pattern.compile("(?m)^  [a-z]+ +http://localhost:(\\d+)$");

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(60))
            .build();
    private final Place place;
    private List<String> options;
    private volatile List<Integer> ports = List.of();
    private Process process;

    /// Where the process lives.
    ///
    /// @param data its data directory, by the name that it has for the process
    /// @param seen the same, by the name that it has for the test
    /// @param log what it prints, over all its starts
    /// @param prefix the command that runs the process there, if it is not run directly
    record Place(Path data, Path seen, Path log, List<String> prefix) {}

    private DevProcess(Place place, List<String> options) throws IOException, InterruptedException {
        this.place = place;
        this.options = options;
        this.process = launch();
    }

    /// @param options of `skerry dev`, beside those for its directory, ports and locations
    static DevProcess start(Path data, String... options) throws IOException, InterruptedException {
        Path log = data.resolveSibling(data.getFileName() + ".log");
        return start(new Place(data, data, log, List.of()), options);
    }

    static DevProcess start(Place place, String... options) throws IOException, InterruptedException {
        return new DevProcess(place, List.of(options));
    }

    /// The same command on the same directory, after the process has ended, and from the same port on: other
    /// addresses would have to be written down, which a full disk does not allow.
    void restart() throws IOException, InterruptedException {
        process = launch();
    }

    /// The same with other options.
    void restartWith(String... others) throws IOException, InterruptedException {
        options = List.of(others);
        restart();
    }

    /// The same on other ports, which have to be written down.
    void restartElsewhere() throws IOException, InterruptedException {
        ports = List.of();
        restart();
    }

    private Process launch() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(place.prefix());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@"
                        + Path.of("..", "server", "src", "main", "jvm", "jvm.options")
                                .toAbsolutePath(),
                "-XX:TieredStopAtLevel=1", // it lives for seconds: the second compiler costs more than it wins
                "-cp",
                System.getProperty("java.class.path"),
                "io.skerry.server.Main"));
        String port = ports.isEmpty() ? "0" : ports.getFirst().toString();
        command.addAll(List.of("dev", "--data", place.data().toString(), "--port", port, "--locations", "fra,lhr,bos"));
        command.addAll(options);
        long printed = Files.exists(log()) ? Files.size(log()) : 0;
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        List<Integer> told = portsAfter(printed);
        while (told.size() < NODES || !answers(told)) {
            if (!started.isAlive() || System.nanoTime() > limit) {
                started.destroyForcibly().waitFor();
                throw new IOException("skerry dev did not start:\n" + Files.readString(log()));
            }
            Thread.sleep(20);
            told = portsAfter(printed);
        }
        ports = told;
        return started;
    }

    private List<Integer> portsAfter(long bytes) throws IOException {
        byte[] all = Files.readAllBytes(log());
        String text = new String(all, (int) bytes, (int) (all.length - bytes), StandardCharsets.UTF_8);
        return PORT.matcher(text)
                .results()
                .map(line -> Integer.parseInt(line.group(1)))
                .toList();
    }

    private boolean answers(List<Integer> told) throws InterruptedException {
        try {
            for (int at : told) {
                HttpRequest request = HttpRequest.newBuilder(address(at, "/health"))
                        .timeout(Duration.ofSeconds(30))
                        .build();
                if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                    return false;
                }
            }
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// What the process printed, over all its starts.
    Path log() {
        return place.log();
    }

    String token() throws IOException {
        return Files.readString(place.seen().resolve("token")).trim();
    }

    URI uri(int node, String path) {
        return address(ports.get(node), path);
    }

    private static URI address(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    long pid() {
        return process.pid();
    }

    /// A Platform API call with the administrator's token.
    Answer api(int node, String method, String path, String body) throws IOException, InterruptedException {
        return call(node, method, path, token(), body, Duration.ofMinutes(2));
    }

    /// One pipeline of statements, each executed in its own right, on a stream that ends with it.
    Answer pipeline(int node, String database, String jwt, String... statements)
            throws IOException, InterruptedException {
        var requests = JSON.createArrayNode();
        for (String sql : statements) {
            requests.addObject().put("type", "execute").putObject("stmt").put("sql", sql);
        }
        requests.addObject().put("type", "close");
        String body = JSON.createObjectNode().set("requests", requests).toString();
        return call(node, "POST", "/dev/" + database + "/v2/pipeline", jwt, body, Duration.ofMinutes(2));
    }

    /// Statements of which each is executed if the one before succeeded, on the stream that `baton` continues.
    ///
    /// @param baton null for a new stream
    /// @param last whether the stream ends with it
    Answer batch(int node, String database, String jwt, @Nullable String baton, boolean last, List<String> statements)
            throws IOException, InterruptedException {
        var body = JSON.createObjectNode();
        body.put("baton", baton);
        var requests = body.putArray("requests");
        if (!statements.isEmpty()) {
            var steps =
                    requests.addObject().put("type", "batch").putObject("batch").putArray("steps");
            for (String sql : statements) {
                var step = steps.addObject();
                step.putObject("stmt").put("sql", sql);
                if (steps.size() > 1) {
                    step.putObject("condition").put("type", "ok").put("step", steps.size() - 2);
                }
            }
        }
        if (last) {
            requests.addObject().put("type", "close");
        }
        return call(node, "POST", "/dev/" + database + "/v2/pipeline", jwt, body.toString(), Duration.ofMinutes(2));
    }

    /// What a node says of a group at `/health/groups`.
    JsonNode health(int node, String group) throws IOException, InterruptedException {
        Answer answer = call(node, "GET", "/health/groups", "", "", Duration.ofMinutes(2));
        boolean well = true;
        @Nullable JsonNode found = null;
        for (JsonNode each : answer.json().get("groups")) {
            well &= each.get("trouble").isNull();
            found = each.get("group").asText().equals(group) ? each : found;
        }
        if (answer.status() != (well ? 200 : 503) || found == null) {
            throw new AssertionError("group " + group + " at node " + node + ": " + answer);
        }
        return found;
    }

    /// The id of a group.
    String groupId(String name) throws IOException, InterruptedException {
        return api(0, "GET", "/v1/groups/" + name, "").json().at("/group/uuid").asText();
    }

    String databaseToken(String database) throws IOException, InterruptedException {
        return api(0, "POST", "/v1/organizations/default/databases/" + database + "/auth/tokens", "")
                .json()
                .get("jwt")
                .asText();
    }

    Answer call(int node, String method, String path, String token, String body, Duration limit)
            throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri(node, path))
                        .timeout(limit)
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    record Answer(int status, String body) {

        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        /// The value in the first column of the first row of the first statement.
        String scalar() throws IOException {
            JsonNode result = json().at("/results/0/response/result/rows/0/0");
            return result.path("value").asText();
        }

        /// The first error in the results of a pipeline, or of a batch in it; null if there is none.
        @Nullable
        JsonNode error() throws IOException {
            if (status != 200) {
                return json();
            }
            for (JsonNode result : json().get("results")) {
                if (result.has("error")) {
                    return result.get("error");
                }
                for (JsonNode step : result.at("/response/result/step_errors")) {
                    if (!step.isNull()) {
                        return step;
                    }
                }
            }
            return null;
        }

        /// Whether each statement of a pipeline succeeded.
        boolean ok() throws IOException {
            if (status != 200) {
                return false;
            }
            for (JsonNode result : json().get("results")) {
                if (!result.get("type").asText().equals("ok")) {
                    return false;
                }
            }
            return true;
        }
    }

    /// SIGKILL: nothing in the process can react.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
