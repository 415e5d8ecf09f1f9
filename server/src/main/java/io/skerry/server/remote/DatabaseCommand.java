package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
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
    private static final Table INSTANCES = new Table()
            .column("LOCATION", "/name")
            .column("TYPE", "/type")
            .column("ADDRESS", "/hostname")
            .column("ID", "/uuid");
    private static final Table USAGE = new Table()
            .column("bytes stored", "/storage_bytes")
            .column("rows read", "/rows_read")
            .column("rows written", "/rows_written");
    private static final Table QUERIES = new Table()
            .column("ROWS READ", "/rows_read")
            .column("ROWS WRITTEN", "/rows_written")
            .column("QUERY", "/query");
    private static final Table CONFIGURATION = new Table()
            .column("size limit", "/size_limit")
            .column("reads blocked", "/block_reads")
            .column("writes blocked", "/block_writes")
            .column("protected", "/delete_protection")
            .column("can be attached", "/allow_attach")
            .column("allowed addresses", "/allowed_ips")
            .column("allowed endpoints", "/allowed_aws_vpc_ids");

    @Command(
            description = "Lists the databases.",
            footer = "%nExample: skerry db list --group edge --json",
            mixinStandardHelpOptions = true)
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

    @Command(
            description = "Shows a database.",
            footer = "%nExample: skerry db show shop",
            mixinStandardHelpOptions = true)
    int show(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", database), null);
        server.showOne(answer, answer.path("database"), ONE);
        return 0;
    }

    @Command(
            description = "Deletes a database.",
            footer = "%nExample: skerry db delete shop --yes",
            mixinStandardHelpOptions = true)
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

    @Command(
            description = "Shows, or with options changes, what a database allows.",
            footer = "%nExample: skerry db config shop --size-limit 1gb --block-writes true",
            mixinStandardHelpOptions = true)
    int config(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--size-limit", paramLabel = "BYTES", description = "Such as 256mb; 0 for none.") @Nullable
                    String sizeLimit,
            @Option(names = "--block-reads", paramLabel = "true|false", arity = "1") @Nullable Boolean blockReads,
            @Option(names = "--block-writes", paramLabel = "true|false", arity = "1") @Nullable Boolean blockWrites,
            @Option(
                            names = "--allow-attach",
                            paramLabel = "true|false",
                            arity = "1",
                            description = "Whether other databases of its group may attach it.")
                    @Nullable
                    Boolean allowAttach,
            @Option(names = "--delete-protection", paramLabel = "true|false", arity = "1") @Nullable Boolean protect,
            @Option(
                            names = "--allowed-ips",
                            paramLabel = "LIST",
                            split = ",",
                            description = "Addresses and networks that may use it, such as 10.0.0.0/8,2001:db8::1;"
                                    + " '' for all.")
                    @Nullable
                    List<String> addresses)
            throws RemoteException {
        ObjectNode changes = Server.body();
        put(changes, "block_reads", blockReads);
        put(changes, "block_writes", blockWrites);
        put(changes, "allow_attach", allowAttach);
        put(changes, "delete_protection", protect);
        if (addresses != null) {
            ArrayNode list = changes.putArray("allowed_ips");
            addresses.stream()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .forEach(list::add);
        }
        if (sizeLimit != null) {
            changes.put("size_limit", sizeLimit);
        }
        String path = server.path("databases", database, "configuration");
        JsonNode answer = changes.isEmpty() ? server.call("GET", path, null) : server.call("PATCH", path, changes);
        server.showOne(answer, answer, CONFIGURATION);
        return 0;
    }

    @Command(
            description = "Shows where a database is, and the address of each location's own node.",
            footer = "%nExample: skerry db instances shop",
            mixinStandardHelpOptions = true)
    int instances(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", database, "instances"), null);
        server.show(answer, answer.path("instances"), INSTANCES);
        return 0;
    }

    @Command(
            description = "Shows what a database takes: its size, and the rows read (an estimate) and written.",
            footer = "%nExample: skerry db usage shop --from 2026-03-01T00:00:00Z",
            mixinStandardHelpOptions = true)
    int usage(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database, @Mixin TimeWindow window)
            throws RemoteException {
        JsonNode answer = server.call("GET", server.path("databases", database, "usage") + window.query(), null);
        server.showOne(answer, answer.path("total"), USAGE);
        return 0;
    }

    @Command(
            description = "Shows the queries that read and wrote the most rows, without their values.",
            footer = "%nExample: skerry db queries shop",
            mixinStandardHelpOptions = true)
    int queries(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database, @Mixin TimeWindow window)
            throws RemoteException {
        JsonNode answer =
                server.call("GET", server.path("databases", database, "usage", "queries") + window.query(), null);
        server.show(answer, answer, QUERIES);
        return 0;
    }

    private static void put(ObjectNode body, String name, @Nullable Boolean value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    @Command(
            description = "Forbids, or with --off allows, to delete a database.",
            footer = "%nExample: skerry db protect shop --off",
            mixinStandardHelpOptions = true)
    int protect(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--off") boolean off)
            throws RemoteException {
        protect(server, "databases", database, !off);
        return 0;
    }

    @Command(
            description = "Makes a token for a database.",
            footer = "%nExample: skerry db token shop --expiration 7d --permission orders:data_read,data_add",
            mixinStandardHelpOptions = true)
    int token(@Mixin Server server, @Parameters(paramLabel = "DATABASE") String database, @Mixin TokenOptions options)
            throws RemoteException {
        mint(server, "databases", database, options);
        return 0;
    }

    @Command(
            description = "Ends all tokens that were made for a database.",
            footer = "%nExample: skerry db rotate shop --yes",
            mixinStandardHelpOptions = true)
    int rotate(
            @Mixin Server server,
            @Parameters(paramLabel = "DATABASE") String database,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        rotate(server, "databases", database, yes);
        return 0;
    }
}
