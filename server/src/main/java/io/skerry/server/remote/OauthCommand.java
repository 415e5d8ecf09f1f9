package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Programs of one's own that users may let in, and those that one let in oneself.
@Command(name = "oauth", description = "Programs that users let in, by OAuth.", mixinStandardHelpOptions = true)
public final class OauthCommand extends CommandFamily {

    private static final Table CLIENTS = new Table()
            .column("ID", "/id")
            .column("NAME", "/name")
            .column("REDIRECT URIS", "/redirect_uris")
            .column("CREATED", "/created_at");

    private static final Table GRANTS = new Table()
            .column("ID", "/client")
            .column("NAME", "/name")
            .column("OWNER", "/owner")
            .column("TOKENS", "/tokens")
            .column("SINCE", "/since");

    @Command(
            description = "Lists the programs that you registered.",
            footer = "%nExample: skerry oauth list",
            mixinStandardHelpOptions = true)
    int list(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v1/oauth/clients", null);
        server.show(answer, answer.path("clients"), CLIENTS);
        return 0;
    }

    @Command(
            description = "Registers a program. Prints its id and its secret, which is shown this once.",
            footer = "%nExample: skerry oauth create Ledger --redirect-uri https://ledger.example/in",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Server server,
            @Parameters(paramLabel = "NAME") String name,
            @Option(
                            names = "--redirect-uri",
                            paramLabel = "URI",
                            required = true,
                            description = "Where codes may go: https, or http on the user's own machine; may be"
                                    + " repeated.")
                    List<String> redirects)
            throws RemoteException {
        ObjectNode body = Server.body().put("name", name);
        ArrayNode list = body.putArray("redirect_uris");
        redirects.forEach(list::add);
        JsonNode answer = server.call("POST", "/v1/oauth/clients", body);
        JsonNode client = answer.path("client");
        server.done(
                answer,
                "id      " + client.path("id").asText() + "\nsecret  "
                        + client.path("secret").asText());
        return 0;
    }

    @Command(
            description = "Ends a program of yours, and every token that anybody granted it.",
            footer = "%nExample: skerry oauth delete ID --yes",
            mixinStandardHelpOptions = true)
    int delete(
            @Mixin Server server,
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This ends the program and every token that it has");
        server.done(
                server.call("DELETE", "/v1/oauth/clients/" + Server.encode(id), null),
                "Program " + id + " is no more.");
        return 0;
    }

    @Command(
            description = "Lists the programs that you let in.",
            footer = "%nExample: skerry oauth grants",
            mixinStandardHelpOptions = true)
    int grants(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v1/oauth/grants", null);
        server.show(answer, answer.path("grants"), GRANTS);
        return 0;
    }

    @Command(
            description = "Ends all tokens that you granted a program.",
            footer = "%nExample: skerry oauth withdraw ID",
            mixinStandardHelpOptions = true)
    int withdraw(@Mixin Server server, @Parameters(paramLabel = "ID") String id) throws RemoteException {
        server.done(
                server.call("DELETE", "/v1/oauth/grants/" + Server.encode(id), null),
                "Program " + id + " has no token of yours any more.");
        return 0;
    }
}
