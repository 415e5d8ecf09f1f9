package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Databases.
@Command(
        name = "db",
        description = "Databases, their content and their tokens.",
        subcommands = CreateDatabase.class,
        mixinStandardHelpOptions = true)
public final class DatabaseCommand extends SqlCommands {

    private static final Table TABLE = new Table()
            .column("NAME", "/Name")
            .column("GROUP", "/group")
            .column("LOCATIONS", "/regions")
            .column("ADDRESS", "/Hostname");
    private static final Table ONE = new Table()
            .column("name", "/Name")
            .column("id", "/DbId")
            .column("group", "/group")
            .column("locations", "/regions")
            .column("address", "/Hostname")
            .column("state", "/skerry/state")
            .column("reads blocked", "/block_reads")
            .column("writes blocked", "/block_writes")
            .column("protected", "/delete_protection");
    private static final Table CONFIGURATION = new Table()
            .column("size limit", "/size_limit")
            .column("reads blocked", "/block_reads")
            .column("writes blocked", "/block_writes")
            .column("protected", "/delete_protection")
            .column("allowed addresses", "/allowed_ips");

    @Command(description = "Lists the databases.", mixinStandardHelpOptions = true)
    int list(
            @Mixin Server server,
            @Option(names = "--group", paramLabel = "GROUP", description = "Only those of a group.") @Nullable
                    String group)
            throws RemoteException {
        String query = group == null ? "" : "?group=" + Server.encode(group);
        JsonNode answer = server.call("GET", server.path("databases") + query, null);
        server.show(answer, answer.path("databases"), TABLE);
        return 0;
    }

    @Command(description = "Shows a database.", mixinStandardHelpOptions = true)
    int show(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", database), null);
        server.showOne(answer, answer.path("database"), ONE);
        return 0;
    }

    @Command(description = "Deletes a database.", mixinStandardHelpOptions = true)
    int delete(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This deletes database " + database);
        server.done(
                server.call("DELETE", server.path("databases", database), null), "Deleted database " + database + ".");
        return 0;
    }

    @Command(description = "Shows, or with options changes, what a database allows.", mixinStandardHelpOptions = true)
    int config(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--size-limit", paramLabel = "BYTES", description = "Such as 256mb; 0 for none.") @Nullable
                    String sizeLimit,
            @Option(names = "--block-reads", paramLabel = "true|false", arity = "1") @Nullable Boolean blockReads,
            @Option(names = "--block-writes", paramLabel = "true|false", arity = "1") @Nullable Boolean blockWrites)
            throws RemoteException {
        ObjectNode changes = Server.body();
        put(changes, "block_reads", blockReads);
        put(changes, "block_writes", blockWrites);
        if (sizeLimit != null) {
            changes.put("size_limit", sizeLimit);
        }
        String path = server.path("databases", database, "configuration");
        JsonNode answer = changes.isEmpty() ? server.call("GET", path, null) : server.call("PATCH", path, changes);
        server.showOne(answer, answer, CONFIGURATION);
        return 0;
    }

    private static void put(ObjectNode body, String name, @Nullable Boolean value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    @Command(description = "Forbids, or with --off allows, to delete a database.", mixinStandardHelpOptions = true)
    int protect(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--off") boolean off)
            throws RemoteException {
        protect(server, "databases", database, !off);
        return 0;
    }

    @Command(description = "Makes a token for a database.", mixinStandardHelpOptions = true)
    int token(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database, @Mixin TokenOptions options)
            throws RemoteException {
        mint(server, "databases", database, options);
        return 0;
    }

    @Command(description = "Ends all tokens that were made for a database.", mixinStandardHelpOptions = true)
    int rotate(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        rotate(server, "databases", database, yes);
        return 0;
    }
}
