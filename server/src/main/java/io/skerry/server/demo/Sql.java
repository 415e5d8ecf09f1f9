package io.skerry.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;

/// Statements as pipelines of the Hrana protocol, to one database at one node.
///
/// @param base URL of the database there
record Sql(Teller teller, URI base, String token) {

    /// Runs the statements in one pipeline on one stream and shows it; the answer holds a result for each.
    Teller.Answer run(String... statements) throws IOException, InterruptedException, DemoException {
        return checked(teller.call("POST", pipeline(), token, body(Arrays.asList(statements))));
    }

    Teller.Answer quietly(List<String> statements) throws IOException, InterruptedException, DemoException {
        return checked(teller.quietly("POST", pipeline(), token, body(statements)));
    }

    /// The first value of the first row of the result with this number.
    static String value(Teller.Answer answer, int result) {
        return answer.body()
                .at("/results/" + result + "/response/result/rows/0/0/value")
                .asText();
    }

    private URI pipeline() {
        return URI.create(base + "/v2/pipeline");
    }

    private static Teller.Answer checked(Teller.Answer answer) throws DemoException {
        if (answer.status() != 200) {
            throw new DemoException("the pipeline was answered with status " + answer.status());
        }
        for (JsonNode result : answer.body().path("results")) {
            if (!result.path("type").asText().equals("ok")) {
                throw new DemoException("a statement failed: " + result);
            }
        }
        return answer;
    }

    private static String body(List<String> statements) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode requests = body.putArray("requests");
        for (String statement : statements) {
            requests.addObject().put("type", "execute").putObject("stmt").put("sql", statement);
        }
        requests.addObject().put("type", "close");
        return body.toString();
    }
}
