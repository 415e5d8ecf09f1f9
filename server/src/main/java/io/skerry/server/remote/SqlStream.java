package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Statements for a database, one after the other, by the pipeline protocol. A transaction goes over several: they
/// share a stream, which the server ends when nothing comes for a while (10 s, unless it is set otherwise). Not
/// thread-safe.
final class SqlStream implements AutoCloseable {

    private static final Duration ANSWER = Duration.ofMinutes(2);
    /// Less than the server keeps a stream: one of this age is only continued for its transaction.
    private static final Duration FRESH = Duration.ofSeconds(5);

    private final DatabaseAddress database;
    private @Nullable String baton;
    private boolean inTransaction;
    private long usedAt;

    SqlStream(DatabaseAddress database) {
        this.database = database;
    }

    boolean inTransaction() {
        return inTransaction;
    }

    /// @param arguments texts, for the parameters of the statement in order
    /// @return the `result` of the protocol: `cols`, `rows`, counts
    /// @throws RemoteException with the database's words if the statement fails; the transaction goes on if it can
    JsonNode execute(String sql, String... arguments) throws RemoteException {
        ObjectNode body = Server.body();
        ArrayNode requests = body.putArray("requests");
        ObjectNode statement =
                requests.addObject().put("type", "execute").putObject("stmt").put("sql", sql);
        ArrayNode values = statement.putArray("args");
        for (String argument : arguments) {
            values.addObject().put("type", "text").put("value", argument);
        }
        requests.addObject().put("type", "get_autocommit");
        if (!inTransaction && System.nanoTime() - usedAt > FRESH.toNanos()) {
            baton = null;
        }
        JsonNode results = pipeline(body).path("results");
        inTransaction = !results.at("/1/response/is_autocommit").asBoolean(true);
        JsonNode first = results.path(0);
        if (!first.path("type").asText().equals("ok")) {
            throw new RemoteException(200, first.at("/error/message").asText("the statement failed"));
        }
        return first.at("/response/result");
    }

    private JsonNode pipeline(ObjectNode body) throws RemoteException {
        String continued = baton;
        boolean wasInTransaction = inTransaction;
        // If no answer comes, or another one than 200, the stream is over.
        baton = null;
        inTransaction = false;
        HttpResponse<String> response = post(body, continued);
        if (response.statusCode() == 400 && continued != null && !wasInTransaction) {
            // Its stream is gone, and with it nothing: the statement did not run.
            response = post(body, null);
        }
        if (response.statusCode() != 200) {
            RemoteException refusal = DatabaseAddress.refusal(response.statusCode(), response.body());
            throw wasInTransaction
                    ? new RemoteException(refusal.status(), refusal.getMessage() + "; the transaction was rolled back")
                    : refusal;
        }
        JsonNode answer = Server.parse(response.body());
        baton = answer.path("baton").isTextual() ? answer.path("baton").asText() : null;
        usedAt = System.nanoTime();
        return answer;
    }

    private HttpResponse<String> post(ObjectNode body, @Nullable String continued) throws RemoteException {
        return database.send(
                "POST",
                "v2/pipeline",
                HttpRequest.BodyPublishers.ofString(body.put("baton", continued).toString()),
                ANSWER,
                HttpResponse.BodyHandlers.ofString());
    }

    /// Ends the stream; a transaction that is open is rolled back.
    @Override
    public void close() throws RemoteException {
        if (baton != null) {
            ObjectNode body = Server.body();
            body.putArray("requests").addObject().put("type", "close");
            post(body, baton);
            baton = null;
        }
    }
}
