package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/// Where a database is asked itself, and with what: at the node that the command asks anyway, by the path form, which
/// works under every host; with a token that is made for this and lives an hour. Not thread-safe.
final class DatabaseAddress {

    private static final String LIFE = "1h";
    private static final Duration RENEWAL = Duration.ofMinutes(30);

    private final Server server;
    private final String name;
    private final boolean readOnly;
    private final String path;
    private String token = "";
    private long mintedAt;

    private DatabaseAddress(Server server, String name, boolean readOnly, String path) {
        this.server = server;
        this.name = name;
        this.readOnly = readOnly;
        this.path = path;
    }

    /// @throws RemoteException if there is no such database
    static DatabaseAddress of(Server server, String name, boolean readOnly) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", name), null);
        return new DatabaseAddress(
                server,
                name,
                readOnly,
                "/db/" + label(answer.at("/database/Hostname").asText()));
    }

    /// @param host either form of the setting `api.database-address`: HOST/db/LABEL or LABEL.HOST
    static String label(String host) {
        int path = host.lastIndexOf("/db/");
        return path >= 0 ? host.substring(path + 4) : host.split("[.:]", 2)[0];
    }

    /// @param endpoint such as `v2/pipeline`
    <T> HttpResponse<T> send(
            String method,
            String endpoint,
            HttpRequest.BodyPublisher body,
            Duration limit,
            HttpResponse.BodyHandler<T> handler)
            throws RemoteException {
        HttpRequest.Builder request = Transport.request(server.url, path + "/" + endpoint, token(), limit);
        return server.transport.send(request.method(method, body).build(), handler);
    }

    private String token() throws RemoteException {
        long now = System.nanoTime();
        if (token.isEmpty() || now - mintedAt > RENEWAL.toNanos()) {
            token = server.call(
                            "POST",
                            server.path("databases", name, "auth", "tokens") + "?expiration=" + LIFE + "&authorization="
                                    + (readOnly ? "read-only" : "full-access"),
                            null)
                    .path("jwt")
                    .asText();
            mintedAt = now;
        }
        return token;
    }

    /// What a database answered that did not do what it was asked for.
    static RemoteException refusal(int status, String body) {
        String text = body.strip();
        JsonNode json = Server.parse(text);
        for (String member : new String[] {"message", "error"}) {
            if (json.path(member).isTextual()) {
                return new RemoteException(status, json.path(member).asText());
            }
        }
        boolean sentence =
                !text.isEmpty() && text.length() <= 500 && text.lines().count() == 1;
        return new RemoteException(status, sentence ? text : "the server answered status " + status);
    }
}
