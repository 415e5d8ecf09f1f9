package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/// Gives a database that waits for its content a SQLite file, in chunks. A chunk that did not arrive is sent again,
/// and the last step asked for again: that it had been done already is an answer too.
final class DatabaseUpload {

    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CHUNK = Duration.ofMinutes(2);
    /// The server checks the file, and puts it into the log of the group.
    private static final Duration LAST = CreateDatabase.FILLED;

    /// No answer, too much at once, no node: the same may work later.
    private static final Set<Integer> LATER = Set.of(0, 429, 502, 503, 504);

    private final DatabaseAddress database;
    private final SentFile file;
    private final ProgressLine progress;

    DatabaseUpload(DatabaseAddress database, SentFile file, ProgressLine progress) {
        this.database = database;
        this.file = file;
        this.progress = progress;
    }

    /// Sends all of it. Until [#finish] the database waits as before.
    ///
    /// @return the name of the upload
    String send() throws RemoteException {
        JsonNode started = put(
                "v2/upload/start",
                Server.body()
                        .put("db_size_bytes", file.bytes())
                        .toString()
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8),
                CHUNK);
        String upload = started.path("upload_id").asText();
        int size = started.path("chunk_size").asInt();
        if (upload.isEmpty() || size <= 0) {
            throw new RemoteException("what answers there is no Skerry");
        }
        long from = 0;
        for (int number = 0; from < file.bytes(); number++) {
            byte[] chunk;
            try {
                chunk = file.read(from, size);
            } catch (IOException e) {
                throw SentFile.unreadable(file.path(), e);
            }
            put("v2/upload/" + Server.encode(upload) + "/chunk/" + number, chunk, CHUNK);
            from += chunk.length;
            progress.add(chunk.length);
        }
        return upload;
    }

    /// @throws RemoteException with the status of the answer: of [#isUnknown] ones it is not known whether it was done
    void finish(String upload) throws RemoteException {
        try {
            put("v2/upload/" + Server.encode(upload) + "/finalize", new byte[0], LAST);
        } catch (RemoteException e) {
            if (e.status() != 409) {
                throw e;
            }
            // It has its content: an earlier attempt, whose answer was lost, gave it.
        }
    }

    static boolean isUnknown(RemoteException e) {
        return LATER.contains(e.status());
    }

    private JsonNode put(String endpoint, byte[] body, Duration limit) throws RemoteException {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(endpoint, body, limit);
            } catch (RemoteException e) {
                if (attempt == ATTEMPTS || !isUnknown(e)) {
                    throw e;
                }
                pause(attempt);
            }
        }
    }

    private JsonNode once(String endpoint, byte[] body, Duration limit) throws RemoteException {
        HttpRequest.BodyPublisher content =
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body);
        HttpResponse<String> response =
                database.send("PUT", endpoint, content, limit, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw DatabaseAddress.refusal(response.statusCode(), response.body());
        }
        return Server.parse(response.body());
    }

    private static void pause(int attempt) throws RemoteException {
        try {
            Thread.sleep(PAUSE.multipliedBy(attempt));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("interrupted; whether the server did it is not known");
        }
    }
}
