package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Creates a database: an empty one, or with the content of another, of a dump or of a file.
@Command(
        name = "create",
        description = {
            "Creates a database, empty or with content.",
            "What cannot be filled is not left behind; where that is not known, the last line says so."
        },
        footer = "%nExample: skerry db create shop --group edge --from-file shop.db --wait",
        mixinStandardHelpOptions = true)
final class CreateDatabase implements Callable<Integer> {

    private static final String DEFAULT_GROUP = "default";
    /// The server ends by itself what makes no progress, and with us what we do not wait for: a bound,
    /// and no more.
    static final Duration FILLED = Duration.ofDays(7);
    /// For the upload of a dump, beside its size.
    private static final Duration UPLOADED = Duration.ofMinutes(2);
    /// What is slower than this is given up.
    private static final long BYTES_PER_SECOND_MIN = 256 * 1024;

    @Mixin
    Server server = new Server();

    @Parameters(paramLabel = "DATABASE")
    String database = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "Its group. Default: that of the database it is made of, else default.")
    @Nullable
    String group;

    @ArgGroup
    @Nullable
    Content content;

    @Option(names = "--size-limit", paramLabel = "BYTES", description = "Such as 256mb.")
    @Nullable
    String sizeLimit;

    @Option(names = "--wait", description = "Return when it serves at every location of its group.")
    boolean wait;

    /// What it is filled with; one of them.
    static final class Content {
        @Option(names = "--from-db", paramLabel = "DATABASE", description = "A copy of this one as it is now.")
        @Nullable
        String database;

        @Option(names = "--from-dump", paramLabel = "FILE", description = "SQL, as `skerry db dump` prints it.")
        @Nullable
        Path dump;

        @Option(
                names = "--from-file",
                paramLabel = "FILE",
                description = "A SQLite database, with pages of 4096 bytes.")
        @Nullable
        Path file;
    }

    @Override
    public Integer call() throws RemoteException {
        Content from = content == null ? new Content() : content;
        // Before anything is asked for: a mistake in a name must not leave a database that waits.
        SentFile file = from.file == null ? null : SentFile.database(from.file);
        SentFile dump = from.dump == null ? null : SentFile.dump(from.dump);
        ObjectNode body = Server.body().put("name", database).put("group", group(from.database));
        if (sizeLimit != null) {
            body.put("size_limit", sizeLimit);
        }
        if (from.database != null) {
            body.putObject("seed").put("type", "database").put("name", from.database);
        } else if (dump != null) {
            body.putObject("seed").put("type", "dump").put("url", upload(dump));
        } else if (file != null) {
            body.putObject("seed").put("type", "database_upload");
        }
        JsonNode answer = create(body);
        if (file != null) {
            fill(file);
        }
        if (wait) {
            awaitAll();
        }
        server.done(
                answer,
                "Created database " + database + " at "
                        + answer.at("/database/Hostname").asText() + ".");
        return 0;
    }

    private JsonNode create(ObjectNode body) throws RemoteException {
        try (SeedProgress _ = SeedProgress.begin(server, database)) {
            return server.call("POST", server.path("databases"), Server.publisher(body), FILLED);
        }
    }

    private String group(@Nullable String original) throws RemoteException {
        if (group != null) {
            return group;
        }
        return original == null
                ? DEFAULT_GROUP
                : server.call("GET", server.path("databases", original), null)
                        .at("/database/group")
                        .asText();
    }

    private String upload(SentFile dump) throws RemoteException {
        String boundary = "skerry-" + UUID.randomUUID();
        ProgressLine progress = ProgressLine.of(server.err(), dump.bytes());
        try {
            return server.call(
                            "POST",
                            server.path("databases", "dumps"),
                            dump.form(boundary, progress),
                            "multipart/form-data; boundary=" + boundary,
                            UPLOADED.plusSeconds(dump.bytes() / BYTES_PER_SECOND_MIN))
                    .path("dump_url")
                    .asText();
        } finally {
            progress.end();
        }
    }

    private void fill(SentFile file) throws RemoteException {
        ProgressLine progress = ProgressLine.of(server.err(), file.bytes());
        DatabaseUpload upload;
        String sent;
        try {
            upload = new DatabaseUpload(DatabaseAddress.of(server, database, false), file, progress);
            sent = upload.send();
        } catch (RemoteException e) {
            throw undo(e);
        } finally {
            progress.end();
        }
        try (SeedProgress _ = SeedProgress.begin(server, database)) {
            upload.finish(sent);
        } catch (RemoteException e) {
            if (DatabaseUpload.isUnknown(e)) {
                throw new RemoteException(e.getMessage() + "; whether " + database
                        + " has its content is not known, `skerry db show " + database + "` tells its state");
            }
            throw undo(e);
        }
    }

    /// Deletes the database that waits for its content.
    private RemoteException undo(RemoteException failure) {
        try {
            server.call("DELETE", server.path("databases", database), null);
            return new RemoteException(failure.status(), failure.getMessage() + "; nothing was created");
        } catch (RemoteException e) {
            RemoteException both = new RemoteException(
                    failure.status(),
                    failure.getMessage() + "; database " + database + " is left without content (" + e.getMessage()
                            + "): delete it with `skerry db delete " + database + "`");
            both.addSuppressed(e);
            return both;
        }
    }

    private void awaitAll() throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", database, "instances"), null);
        for (JsonNode instance : answer.path("instances")) {
            server.call(
                    "GET",
                    server.path(
                            "databases",
                            database,
                            "instances",
                            instance.path("name").asText(),
                            "wait"),
                    null);
        }
    }
}
