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

/// Tokens of the Platform API; those of databases are with the databases.
@Command(name = "token", description = "Your tokens for the Platform API.", mixinStandardHelpOptions = true)
public final class TokenCommand extends CommandFamily {

    private static final Table TABLE = new Table()
            .column("NAME", "/name")
            .column("ORGANIZATION", "/organization")
            .column("GROUP", "/group")
            .column("SCOPES", "/scopes")
            .column("CREATED", "/created_at");

    @Command(description = "Lists your tokens.", mixinStandardHelpOptions = true)
    int list(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v1/auth/api-tokens", null);
        server.show(answer, answer.path("tokens"), TABLE);
        return 0;
    }

    @Command(
            description = "Makes a token. With --organization it is good there alone; with --group and scopes there"
                    + " for that group alone.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin Server server,
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--group", paramLabel = "GROUP") @Nullable String group,
            @Option(
                            names = "--scope",
                            paramLabel = "SCOPE",
                            description = "Such as read or db:create; may be repeated.")
                    @Nullable
                    List<String> scopes)
            throws RemoteException {
        ObjectNode body = Server.body();
        if (!server.organization.isEmpty()) {
            body.put("organization", server.organization);
        }
        if (group != null) {
            body.put("group", group);
        }
        if (scopes != null) {
            ArrayNode list = body.putArray("scopes");
            scopes.forEach(list::add);
        }
        JsonNode answer = server.call("POST", "/v1/auth/api-tokens/" + Server.encode(name), body);
        server.done(answer, answer.path("token").asText());
        return 0;
    }

    @Command(description = "Ends a token.", mixinStandardHelpOptions = true)
    int revoke(@Mixin Server server, @Parameters(paramLabel = "NAME") String name) throws RemoteException {
        server.done(
                server.call("DELETE", "/v1/auth/api-tokens/" + Server.encode(name), null),
                "Token " + name + " is void.");
        return 0;
    }
}
