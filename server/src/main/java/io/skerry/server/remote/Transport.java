package io.skerry.server.remote;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The HTTP client of a command, with words for a person when no server answers. It has no end of its own: it ends
/// with the process. Thread-safe.
final class Transport {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private @Nullable HttpClient http;

    /// A request to any path of the server, with the token that is shown there.
    ///
    /// @param url address of the server, as the person gave it
    /// @param limit for all of it, up to the head of the answer
    static HttpRequest.Builder request(String url, String path, String token, Duration limit) throws RemoteException {
        URI uri;
        try {
            uri = URI.create(url.replaceAll("/+$", "") + path);
            return HttpRequest.newBuilder(uri)
                    .timeout(limit)
                    .header("Authorization", "Bearer " + token)
                    .header("User-Agent", "skerry-cli");
        } catch (IllegalArgumentException e) {
            throw new RemoteException("'" + url + "' is no address; one looks like http://localhost:8080");
        }
    }

    /// @throws RemoteException if no answer came; it is then not known whether the server did what it was asked for
    <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) throws RemoteException {
        URI at = request.uri();
        String server = at.getScheme() + "://" + at.getRawAuthority();
        try {
            return client().send(request, body);
        } catch (HttpTimeoutException e) {
            String waited = request.timeout()
                    .map(limit -> " within " + limit.toMinutes() + " minutes")
                    .orElse("");
            throw new RemoteException("the server at " + server + " did not answer" + waited
                    + ": what was asked for may have been done, look before you repeat it");
        } catch (IOException e) {
            throw new RemoteException("no server answers at " + server + " (" + e
                    + "); start one with `skerry dev`, or say where it is with --url");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("interrupted; whether the server did it is not known");
        }
    }

    private synchronized HttpClient client() {
        HttpClient client = http;
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
            http = client;
        }
        return client;
    }
}
