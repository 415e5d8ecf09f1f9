package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.server.process.ApiProcess.Reply;
import io.skerry.server.process.CallTable.Seen;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Looks at what a call of the table did, as clients of the databases do: by the labels of their host names, with
/// their tokens, at each node.
final class DataPlane {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ApiProcess api;
    private final URI here;
    private final KeptValues kept;
    private final byte[] file;
    private final Map<String, String> batons = new HashMap<>();

    /// @param here the node that is called
    /// @param file what `upload` sends
    DataPlane(ApiProcess api, URI here, KeptValues kept, byte[] file) {
        this.api = api;
        this.here = here;
        this.kept = kept;
        this.file = file;
    }

    /// Fails unless it is so, or becomes so if that may take a while.
    void see(Seen seen, String call) throws InterruptedException {
        String comes = kept.filled(seen.comes());
        for (URI node : nodes(seen.where())) {
            Soon soon = new Soon(seen.soon());
            String came = ask(node, seen);
            while (!fits(came, comes) && soon.again()) {
                came = ask(node, seen);
            }
            assertThat(fits(came, comes))
                    .as(
                            "%s%n> %s %s @%s | %s | %s%nbut at %s: %s",
                            call, seen.where(), seen.database(), seen.token(), seen.ask(), comes, node, came)
                    .isTrue();
        }
    }

    private List<URI> nodes(String where) {
        return switch (where) {
            case "here" -> List.of(here);
            case "all" -> api.nodes();
            default -> List.of(api.node(where));
        };
    }

    private static boolean fits(String came, String comes) {
        boolean value = comes.startsWith("= ");
        return came.equals(comes)
                || !value && came.startsWith(comes + " ")
                || comes.equals("ok") && came.startsWith("= ");
    }

    /// `= value`, `ok` without one, or what went wrong: status or code, and text.
    private String ask(URI node, Seen seen) {
        String path = "/db/" + kept.filled(seen.database()) + "/";
        String token = kept.get(seen.token());
        return switch (seen.ask()) {
            case "dump" -> came(api.sendBody(node, "GET", path + "dump", token, BodyPublishers.noBody()));
            case "upload" ->
                came(api.sendBody(node, "POST", path + "v1/upload", token, BodyPublishers.ofByteArray(file)));
            default -> {
                BodyPublisher body = BodyPublishers.ofString(pipeline(seen).toString());
                Reply reply = api.sendBody(node, "POST", path + "v2/pipeline", token, body);
                if (!seen.stream().isEmpty() && reply.json().hasNonNull("baton")) {
                    batons.put(seen.stream(), reply.json().path("baton").asText());
                }
                yield came(reply);
            }
        };
    }

    private ObjectNode pipeline(Seen seen) {
        ObjectNode body = JSON.createObjectNode().put("baton", batons.get(seen.stream()));
        ArrayNode requests = body.putArray("requests");
        for (String statement : kept.filled(seen.ask()).split("; ")) {
            requests.addObject().put("type", "execute").putObject("stmt").put("sql", statement);
        }
        if (seen.stream().isEmpty()) {
            requests.addObject().put("type", "close");
        }
        return body;
    }

    private static String came(Reply reply) {
        JsonNode answer = reply.json();
        if (reply.status() != 200) {
            String code = answer.has("code") ? answer.path("code").asText() + " " : "";
            String text = answer.path("error").asText(answer.path("message").asText(reply.text()));
            return reply.status() + " " + code + text;
        }
        String came = "ok";
        for (JsonNode result : answer.path("results")) {
            if (result.path("type").asText().equals("error")) {
                return result.at("/error/code").asText() + " "
                        + result.at("/error/message").asText();
            }
            JsonNode value = result.at("/response/result/rows/0/0/value");
            came = value.isMissingNode() ? came : "= " + value.asText();
        }
        return came;
    }
}
