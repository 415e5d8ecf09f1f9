package io.skerry.server.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

/// Makes calls and tells of each what it was, what came back, and what that proves. The bearer's token is
/// left out: a demonstration is often copied somewhere.
final class Teller implements AutoCloseable {

    private static final Duration CALL = Duration.ofSeconds(60);
    private static final int SHOWN = 220;
    private static final ObjectMapper JSON = new ObjectMapper();

    /// An answer and the time until it was there.
    record Answer(int status, JsonNode body, double millis) {}

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final PrintStream out;
    private int chapter;

    Teller(PrintStream out) {
        this.out = out;
    }

    void chapter(String title) {
        chapter++;
        out.printf("%n%d. %s%n", chapter, title);
    }

    void say(String text) {
        out.println("   " + text);
    }

    /// Makes the call and shows it.
    Answer call(String method, URI uri, String token, String body) throws IOException, InterruptedException {
        out.printf("   %s %s%s%n", method, uri, body.isEmpty() ? "" : "  " + shorten(body));
        Answer answer = quietly(method, uri, token, body);
        out.printf(
                Locale.ROOT,
                "   -> %d in %.1f ms  %s%n",
                answer.status(),
                answer.millis(),
                shorten(answer.body().toString()));
        return answer;
    }

    /// Makes the call without a word.
    Answer quietly(String method, URI uri, String token, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer " + token)
                .timeout(CALL)
                .build();
        long start = System.nanoTime();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        double millis = (System.nanoTime() - start) / 1e6;
        String text = response.body();
        JsonNode json = text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
        return new Answer(response.statusCode(), json, millis);
    }

    /// Ends the story unless `holds`.
    void proves(String what, boolean holds) throws DemoException {
        if (!holds) {
            throw new DemoException("this should hold and does not: " + what);
        }
        out.println("   ok: " + what);
    }

    private static String shorten(String text) {
        String clean = text.replaceAll("\"jwt\":\"[^\"]*\"", "\"jwt\":\"...\"");
        return clean.length() <= SHOWN ? clean : clean.substring(0, SHOWN) + "...";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
