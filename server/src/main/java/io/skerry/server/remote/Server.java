package io.skerry.server.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Which server a command asks, who it is there, and how it shows the answer: the options that all of them share.
final class Server {

    private static final ObjectMapper JSON = new ObjectMapper();
    /// Longer than the server holds a call that waits for a location.
    private static final Duration ANSWER = Duration.ofMinutes(6);

    @Option(
            names = "--url",
            description = "Address of any node. Default: $SKERRY_URL, else http://localhost:8080.",
            defaultValue = "${env:SKERRY_URL:-http://localhost:8080}",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    String url = "";

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Without $SKERRY_TOKEN: the data directory of a `skerry dev` on this machine, whose token is"
                    + " used. Default: skerry-data.",
            defaultValue = "skerry-data",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    Path data = Path.of("skerry-data");

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "PEM file of the certificates to trust over https. Default: $SKERRY_CACERT, else those that"
                    + " the JVM trusts.",
            defaultValue = "${env:SKERRY_CACERT:-}",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    String certificates = "";

    @Option(
            names = "--organization",
            paramLabel = "NAME",
            description = "Default: $SKERRY_ORGANIZATION, else your own.",
            defaultValue = "${env:SKERRY_ORGANIZATION:-}",
            showDefaultValue = picocli.CommandLine.Help.Visibility.NEVER)
    String organization = "";

    @Option(names = "--json", description = "Print what the server answered, as JSON.")
    boolean json;

    final Transport transport = new Transport(() -> certificates);

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    /// The path of something in the organization that is meant.
    ///
    /// @param segments each is a name, whatever characters it has
    String path(String... segments) {
        StringBuilder path = new StringBuilder("/v1");
        if (!organization.isEmpty()) {
            path.append("/organizations/").append(encode(organization));
        }
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    /// The same where the server has one form of the path only.
    ///
    /// @throws RemoteException if no organization is named and the caller's own cannot be asked for
    String organizationPath(String version, String... segments) throws RemoteException {
        String name = organization.isEmpty() ? ownOrganization() : organization;
        StringBuilder path = new StringBuilder("/" + version + "/organizations/" + encode(name));
        for (String segment : segments) {
            path.append('/').append(encode(segment));
        }
        return path.toString();
    }

    private String ownOrganization() throws RemoteException {
        JsonNode all = call("GET", "/v2/organizations", null).path("organizations");
        for (JsonNode one : all) {
            if (one.path("type").asText().equals("personal")) {
                return one.path("slug").asText();
            }
        }
        if (all.size() == 1) {
            return all.at("/0/slug").asText();
        }
        throw new RemoteException("you belong to several organizations: name one with --organization");
    }

    static String encode(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static ObjectNode body() {
        return JSON.createObjectNode();
    }

    /// A missing node if it is no JSON.
    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /// @param body null for none
    /// @throws RemoteException with the server's own words if it refused, or with why none answered
    JsonNode call(String method, String path, @Nullable JsonNode body) throws RemoteException {
        return call(method, path, publisher(body), ANSWER);
    }

    static HttpRequest.BodyPublisher publisher(@Nullable JsonNode body) {
        return body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body.toString());
    }

    /// The same with another limit for all of it.
    JsonNode call(String method, String path, HttpRequest.BodyPublisher body, Duration limit) throws RemoteException {
        return call(method, path, body, "application/json", limit);
    }

    JsonNode call(String method, String path, HttpRequest.BodyPublisher body, String type, Duration limit)
            throws RemoteException {
        var request = Transport.request(url, path, token(), limit)
                .header("Content-Type", type)
                .method(method, body);
        return answer(transport.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    /// An answer that is not JSON, such as lines of it.
    String text(String method, String path) throws RemoteException {
        var request = Transport.request(url, path, token(), ANSWER).method(method, publisher(null));
        HttpResponse<String> response = transport.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            answer(response); // throws what it says
        }
        return response.body();
    }

    private static JsonNode answer(HttpResponse<String> response) throws RemoteException {
        JsonNode body;
        try {
            body = JSON.readTree(response.body());
        } catch (JsonProcessingException e) {
            throw new RemoteException(
                    response.statusCode(), "what answers there is no Skerry: status " + response.statusCode());
        }
        if (response.statusCode() != 200) {
            String why = body.path("error").asText("");
            throw new RemoteException(
                    response.statusCode(), why.isEmpty() ? "the server answered status " + response.statusCode() : why);
        }
        return body;
    }

    private String token() throws RemoteException {
        String token = rawToken();
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            // It would be refused as a header, with a text that shows it.
            throw new RemoteException("the token has characters that no token has, such as a line break");
        }
        return token;
    }

    private String rawToken() throws RemoteException {
        String given = System.getenv("SKERRY_TOKEN");
        if (given != null && !given.isBlank()) {
            return given.strip();
        }
        Path file = data.resolve("token");
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new RemoteException(
                    "no token: set SKERRY_TOKEN, or name the data directory of a `skerry dev` on this machine with"
                            + " --data (" + file + " cannot be read)");
        }
    }

    PrintWriter err() {
        return java.util.Objects.requireNonNull(command).commandLine().getErr();
    }

    PrintWriter out() {
        return java.util.Objects.requireNonNull(command).commandLine().getOut();
    }

    /// Shows a list, or with `--json` the answer it came in.
    void show(JsonNode answer, Iterable<JsonNode> rows, Table table) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            table.print(rows, out());
        }
    }

    /// Shows one object, or with `--json` the answer it came in.
    void showOne(JsonNode answer, JsonNode row, Table table) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            table.printOne(row, out());
        }
    }

    /// Says what was done, or with `--json` shows the answer.
    void done(JsonNode answer, String sentence) {
        out().println(json ? answer.toPrettyString() : sentence);
    }

    /// Asks, unless `yes` was given, whether to go on.
    ///
    /// @throws RemoteException if the person says no, or there is nobody to ask
    void confirm(boolean yes, String what) throws RemoteException {
        if (yes) {
            return;
        }
        Console console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new RemoteException(what + ": say --yes if you mean it");
        }
        String answer = console.readLine("%s. Go on? [y/N] ", what);
        if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
            throw new RemoteException("nothing was done");
        }
    }
}
