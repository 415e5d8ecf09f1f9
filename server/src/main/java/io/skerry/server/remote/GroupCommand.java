package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Groups and where they are.
@Command(
        name = "group",
        description = "Groups of databases, and the locations they are at.",
        mixinStandardHelpOptions = true)
public final class GroupCommand extends CommandFamily {

    private static final Table TABLE = new Table()
            .column("NAME", "/name")
            .column("PRIMARY", "/primary")
            .column("LOCATIONS", "/locations")
            .column("PROTECTED", "/delete_protection")
            .column("ARCHIVED", "/archived");
    private static final Table PLACES = new Table()
            .column("LOCATION", "/name")
            .column("SERVING", "/serving")
            .column("BYTES COPIED", "/bytes_copied")
            .column("OF", "/bytes_total")
            .column("LAG (ENTRIES)", "/lag_entries")
            .column("LAG (MS)", "/lag_ms");

    private static final Table USAGE = new Table()
            .column("databases", "/databases")
            .column("locations", "/locations")
            .column("rows read", "/rows_read")
            .column("rows written", "/rows_written")
            .column("bytes", "/storage_bytes");

    @Command(
            description = "Lists the groups.",
            footer = "%nExample: skerry group list",
            mixinStandardHelpOptions = true)
    int list(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("groups"), null);
        server.show(answer, answer.path("groups"), TABLE);
        return 0;
    }

    @Command(
            description = "Shows a group, and how far its locations are.",
            footer = "%nExample: skerry group show edge",
            mixinStandardHelpOptions = true)
    int show(@Mixin Server server, @Parameters(paramLabel = "GROUP") String group) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("groups", group), null);
        server.showOne(answer, answer.path("group"), TABLE);
        if (!server.json) {
            server.out().println();
            PLACES.print(answer.at("/group/skerry/locations"), server.out());
        }
        return 0;
    }

    @Command(
            description = "Shows what the databases of a group take this month.",
            footer = "%nExample: skerry group usage edge",
            mixinStandardHelpOptions = true)
    int usage(@Mixin Server server, @Parameters(paramLabel = "GROUP") String group) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("groups", group, "usage"), null);
        server.showOne(answer, answer.at("/group/usage"), USAGE);
        return 0;
    }

    @Command(
            description = "Creates a group.",
            footer = "%nExample: skerry group create edge --location fra",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--location", paramLabel = "CODE", description = "Where writes go. Default: the first.")
                    @Nullable
                    String location)
            throws RemoteException {
        var body = Server.body().put("name", group);
        if (location != null) {
            body.put("location", location);
        }
        JsonNode answer = server.call("POST", server.path("groups"), body);
        server.done(
                answer,
                "Created group " + group + " at " + answer.at("/group/primary").asText() + ".");
        return 0;
    }

    @Command(
            description = "Deletes a group with all its databases.",
            footer = "%nExample: skerry group delete edge --yes",
            mixinStandardHelpOptions = true)
    int delete(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This deletes group " + group + " and every database in it");
        server.done(server.call("DELETE", server.path("groups", group), null), "Deleted group " + group + ".");
        return 0;
    }

    @Command(
            description = "Gives a group another name.",
            footer = "%nExample: skerry group rename edge rim",
            mixinStandardHelpOptions = true)
    int rename(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP", index = "0") String group,
            @Parameters(paramLabel = "NAME", index = "1") String name)
            throws RemoteException {
        JsonNode answer = server.call(
                "POST", server.path("groups", group, "rename"), Server.body().put("name", name));
        server.done(answer, "Group " + group + " is " + name + " now.");
        return 0;
    }

    @Command(
            description = "Puts every database of a group at more locations.",
            footer = "%nExample: skerry group add edge lhr bos --wait",
            mixinStandardHelpOptions = true)
    int add(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP", index = "0") String group,
            @Parameters(paramLabel = "CODE", index = "1..*", arity = "1..*") List<String> locations,
            @Option(names = "--wait", description = "Return when every database serves there.") boolean wait)
            throws RemoteException {
        for (String location : locations) {
            JsonNode answer = server.call("POST", server.path("groups", group, "locations", location), null);
            if (wait) {
                server.call("GET", server.path("groups", group, "locations", location, "wait"), null);
            }
            server.done(answer, "Group " + group + " is at " + location + (wait ? ", and serves there." : "."));
        }
        return 0;
    }

    @Command(
            description = "Takes a group away from locations.",
            footer = "%nExample: skerry group remove edge bos",
            mixinStandardHelpOptions = true)
    int remove(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP", index = "0") String group,
            @Parameters(paramLabel = "CODE", index = "1..*", arity = "1..*") List<String> locations)
            throws RemoteException {
        for (String location : locations) {
            JsonNode answer = server.call("DELETE", server.path("groups", group, "locations", location), null);
            server.done(answer, "Group " + group + " is no longer at " + location + ".");
        }
        return 0;
    }

    @Command(
            description = "Forbids, or with --off allows, to delete a group.",
            footer = "%nExample: skerry group protect edge",
            mixinStandardHelpOptions = true)
    int protect(
            @Mixin Server server, @Parameters(paramLabel = "GROUP") String group, @Option(names = "--off") boolean off)
            throws RemoteException {
        protect(server, "groups", group, !off);
        return 0;
    }

    @Command(
            description = "Takes a group out of use: its data stays, its databases refuse every request.",
            footer = "%nExample: skerry group archive edge",
            mixinStandardHelpOptions = true)
    int archive(@Mixin Server server, @Parameters(paramLabel = "GROUP") String group) throws RemoteException {
        JsonNode answer = server.call("POST", server.path("groups", group, "archive"), null);
        server.done(answer, "Group " + group + " is archived.");
        return 0;
    }

    @Command(
            description = "Takes an archived group into use again.",
            footer = "%nExample: skerry group unarchive edge",
            mixinStandardHelpOptions = true)
    int unarchive(@Mixin Server server, @Parameters(paramLabel = "GROUP") String group) throws RemoteException {
        JsonNode answer = server.call("POST", server.path("groups", group, "unarchive"), null);
        server.done(answer, "Group " + group + " is in use again.");
        return 0;
    }

    @Command(
            description = {
                "Gives a group, with all its databases, to another organization of yours.",
                "Their old addresses go on; API tokens that are restricted to the group end."
            },
            footer = "%nExample: skerry group transfer edge --to acme",
            mixinStandardHelpOptions = true)
    int transfer(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--to", paramLabel = "ORGANIZATION", required = true, description = "Its slug.")
                    String organization,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This gives group " + group + " to " + organization);
        JsonNode answer = server.call(
                "POST", server.path("groups", group, "transfer"), Server.body().put("organization", organization));
        server.done(answer, "Group " + group + " belongs to " + organization + " now.");
        return 0;
    }

    @Command(
            description = "Makes a token for all databases of a group.",
            footer = "%nExample: skerry group token edge --expiration 7d",
            mixinStandardHelpOptions = true)
    int token(@Mixin Server server, @Parameters(paramLabel = "GROUP") String group, @Mixin TokenOptions options)
            throws RemoteException {
        mint(server, "groups", group, options);
        return 0;
    }

    @Command(
            description = "Ends all tokens of a group and of its databases.",
            footer = "%nExample: skerry group rotate edge --yes",
            mixinStandardHelpOptions = true)
    int rotate(
            @Mixin Server server,
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        rotate(server, "groups", group, yes);
        return 0;
    }
}
