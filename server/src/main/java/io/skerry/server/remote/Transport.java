package io.skerry.server.remote;

import io.skerry.server.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// The HTTP client of a command, with words for a person when no server answers. It has no end of its own: it ends
/// with the process. Thread-safe.
final class Transport {

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Supplier<String> certificates;
    private @Nullable HttpClient http;

    /// @param certificates answers the file of those to trust over https; empty for those that the JVM trusts
    Transport(Supplier<String> certificates) {
        this.certificates = certificates;
    }

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
        } catch (SSLException e) {
            throw new RemoteException("TLS with " + server + " failed (" + e.getMessage()
                    + "); --cacert FILE says which certificates to trust: DIR/tls/ca.pem of a `skerry dev --tls`");
        } catch (IOException e) {
            throw new RemoteException("no server answers at " + server + " (" + e
                    + "); start one with `skerry dev`, or say where it is with --url");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("interrupted; whether the server did it is not known");
        }
    }

    private synchronized HttpClient client() throws RemoteException {
        HttpClient client = http;
        if (client == null) {
            client = build(certificates.get());
            http = client;
        }
        return client;
    }

    private static HttpClient build(String certificates) throws RemoteException {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        if (!certificates.isEmpty()) {
            try {
                client.sslContext(
                        TrustedCertificates.read(Path.of(certificates)).context());
            } catch (IOException | InvalidPathException e) {
                throw new RemoteException("--cacert: " + e.getMessage());
            }
        }
        return client.build();
    }
}
