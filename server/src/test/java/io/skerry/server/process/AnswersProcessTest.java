package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.process.ApiDocuments.Route;
import io.skerry.server.process.ApiProcess.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every operation in every form with its real effect on real nodes, and whatever it refuses: the calls are in
/// `api/calls.txt`, and each answer is held against our own document and the published one.
class AnswersProcessTest {

    private static final Path CALLS = Path.of("src", "test", "resources", "api", "calls.txt");
    private static final Pattern VARIABLE = Pattern.compile("\\$(\\w+)");
    private static final String BOUNDARY = "part-of-a-form";

    /// What all operations of a kind may answer: RightsProcessTest has them (401, 403), RequestApiTest (304, 413),
    /// RateLimitTest (429), ForwardingTest (503), GroupApiTest and InstanceApiTest (504).
    private static final Set<String> ELSEWHERE = Set.of("304", "401", "403", "413", "429", "503", "504");

    @TempDir
    Path files;

    /// A line of the table.
    ///
    /// @param as whose token is shown, `owner` if nothing else is said
    /// @param keep name and pointer, or empty
    private record Line(String as, String method, String path, String body, int status, String keep) {

        static Line parse(String text) {
            String[] cells = text.split(" \\|");
            String[] words = cells[0].strip().split(" ");
            boolean named = words[0].startsWith("@");
            return new Line(
                    named ? words[0].substring(1) : "owner",
                    words[named ? 1 : 0],
                    words[named ? 2 : 1],
                    cells[1].strip(),
                    Integer.parseInt(cells[2].strip()),
                    cells.length > 3 ? cells[3].strip() : "");
        }
    }

    @Test
    void everyOperationAnswersAndRefusesAsTheDocumentsSay() throws Exception {
        List<Line> lines = Files.readAllLines(CALLS).stream()
                .filter(text -> !text.isBlank() && !text.startsWith("#"))
                .map(Line::parse)
                .toList();
        try (ApiProcess api = ApiProcess.start(files)) {
            Set<String> seen = new TreeSet<>();
            // Of nodes that hand changes on to another, each of which sees at once what it was asked to do.
            new Run(api, api.nodes().get(1), "a", "/v1/", "acme-a", seen).all(lines);
            new Run(api, api.nodes().get(2), "b", "/v1/organizations/acme-b/", null, seen).all(lines);
            for (Route route : api.documents().routes()) {
                if (route.inOrganization()) {
                    seen.add(askNowhere(api, route));
                }
            }
            Set<String> untried = documented(api.documents());
            untried.removeAll(seen);
            assertThat(untried).isEmpty();
        }
    }

    /// Every route with each status that is its own.
    private static Set<String> documented(ApiDocuments documents) {
        Set<String> all = new TreeSet<>();
        for (Route route : documents.routes()) {
            route.operation().path("responses").fieldNames().forEachRemaining(status -> {
                if (!ELSEWHERE.contains(status)) {
                    all.add(route + " " + status);
                }
            });
        }
        return all;
    }

    /// An organization that does not exist.
    private static String askNowhere(ApiProcess api, Route route) {
        String path = route.path().replace("{organization}", "nowhere").replaceAll("\\{\\w+}", "main");
        Reply reply = api.send(route.method(), path, api.owner(), "{}", "x-turso-organization", "nowhere");
        String what = route.method() + " " + path + ": " + reply.text();
        assertThat(reply.status()).as(what).isEqualTo(404);
        assertThat(reply.json().path("error").asText()).as(what).isEqualTo("organization not found");
        api.documents().check(route, what, reply.status(), reply.json());
        return route + " 404";
    }

    /// All lines in one form of the paths.
    private static final class Run {

        private final ApiProcess api;
        private final URI node;
        private final String prefix;
        private final @Nullable String organization;
        private final Set<String> seen;
        private final Map<String, String> kept = new HashMap<>();

        Run(ApiProcess api, URI node, String form, String prefix, @Nullable String organization, Set<String> seen) {
            this.api = api;
            this.node = node;
            this.prefix = prefix;
            this.organization = organization;
            this.seen = seen;
            kept.put("F", form);
            kept.put("owner", api.owner());
        }

        void all(List<Line> lines) {
            lines.forEach(this::one);
        }

        private void one(Line line) {
            boolean form = line.path.startsWith("P/");
            String path = filled(form ? prefix + line.path.substring(2) : line.path);
            boolean program = line.as.contains(":");
            String token = line.as.equals("nobody") || program ? null : kept.get(line.as);
            Reply reply = program ? sendAs(line, path) : send(line, path, token, form);
            String what = line.method + " " + path + " " + line.body + ": " + reply.text();
            assertThat(reply.status()).as(what).isEqualTo(line.status);
            assertThat(reply.response().headers().firstValue("X-Request-Id"))
                    .as(what)
                    .isPresent();
            if (line.method.equals("GET") && line.status == 200) {
                assertThat(reply.response().headers().firstValue("ETag"))
                        .as(what)
                        .isPresent();
            }
            Route route = api.documents().route(line.method, path);
            api.documents().check(route, what, reply.status(), reply.json());
            seen.add(route + " " + line.status);
            if (!line.keep.isEmpty()) {
                for (String one : line.keep.split(",")) {
                    String[] nameAndPointer = one.split(" = ");
                    kept.put(nameAndPointer[0].strip(), kept(reply, nameAndPointer[1].strip()));
                }
            }
        }

        private static String kept(Reply reply, String pointer) {
            if (!pointer.startsWith("?")) {
                return reply.at(pointer);
            }
            String location = reply.response().headers().firstValue("Location").orElseThrow();
            Matcher parameter =
                    Pattern.compile("[?&]" + pointer.substring(1) + "=([^&]*)").matcher(location);
            assertThat(parameter.find()).as(pointer + " in " + location).isTrue();
            return parameter.group(1);
        }

        private Reply sendAs(Line line, String path) {
            String[] names = line.as.split(":");
            String credentials = kept.get(names[0]) + ":" + kept.getOrDefault(names[1], names[1]);
            return api.send(
                    node,
                    line.method,
                    path,
                    null,
                    null,
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
        }

        private Reply send(Line line, String path, @Nullable String token, boolean form) {
            String[] header = form && organization != null
                    ? new String[] {"x-turso-organization", organization}
                    : new String[] {"Accept", "*/*"};
            if (!line.body.startsWith("file: ")) {
                String body = line.body.isEmpty() ? null : filled(line.body);
                return api.send(node, line.method, path, token, body, header);
            }
            String file = line.body.substring("file: ".length()).replace("\\n", "\n");
            String body =
                    "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.sql\"\r\n\r\n"
                            + file + "\r\n--" + BOUNDARY + "--\r\n";
            return api.send(
                    node,
                    line.method,
                    path,
                    token,
                    body,
                    header[0],
                    header[1],
                    "Content-Type",
                    "multipart/form-data; boundary=" + BOUNDARY);
        }

        private String filled(String text) {
            return VARIABLE.matcher(text).replaceAll(found -> {
                String value = kept.get(found.group(1));
                assertThat(value)
                        .as("a value for " + found.group() + " in " + text)
                        .isNotNull();
                return Matcher.quoteReplacement(String.valueOf(value));
            });
        }
    }
}
