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
            .column("ID", "/id")
            .column("ORGANIZATION", "/organization")
            .column("GROUP", "/group")
            .column("SCOPES", "/scopes")
            .column("CREATED", "/created_at")
            .column("EXPIRES", "/expires_at");
    private static final Table OF_ALL = new Table()
            .column("NAME", "/name")
            .column("ID", "/id")
            .column("OWNER", "/owner/username")
            .column("GROUP", "/group")
            .column("SCOPES", "/scopes")
            .column("CREATED", "/created_at")
            .column("EXPIRES", "/expires_at");

    @Command(
            description = "Lists your tokens.",
            footer = "%nExample: skerry token list",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin Server server,
            @Option(
                            names = "--all",
                            description = "Instead: of all members, those that are restricted to the organization.")
                    boolean all)
            throws RemoteException {
        String path = all ? server.organizationPath("v1", "api-tokens") : "/v1/auth/api-tokens";
        JsonNode answer = server.call("GET", path, null);
        server.show(answer, answer.path("tokens"), all ? OF_ALL : TABLE);
        return 0;
    }

    @Command(
            description = "Makes a token. With --organization it is good there alone; with --group and scopes there"
                    + " for that group alone.",
            footer = "%nExample: skerry token create ci --organization acme --expiration 90d",
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
                    List<String> scopes,
            @Option(
                            names = {"--expiration", "--expires"},
                            paramLabel = "TIME",
                            description = "Such as 7d or 2h30m. Default: never.")
                    @Nullable
                    String expiration)
            throws RemoteException {
        ObjectNode body = Server.body();
        if (!server.organization.isEmpty()) {
            body.put("organization", server.organization);
        }
        if (expiration != null) {
            body.put("expiration", expiration);
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

    @Command(
            description = "Ends a token of yours by its name, or by its id one that is restricted to the organization.",
            footer = "%nExample: skerry token revoke ci",
            mixinStandardHelpOptions = true)
    int revoke(
            @Mixin Server server,
            @Parameters(paramLabel = "NAME", arity = "0..1") @Nullable String name,
            @Option(names = "--id", paramLabel = "ID", description = "Anybody's, as `token list --all` shows it.")
                    @Nullable
                    String id)
            throws RemoteException {
        if ((name == null) == (id == null)) {
            throw new RemoteException("say which token ends: its name, or its id with --id");
        }
        String path = name == null
                ? server.organizationPath("v1", "api-tokens", id == null ? "" : id)
                : "/v1/auth/api-tokens/" + Server.encode(name);
        server.done(server.call("DELETE", path, null), "Token " + (name == null ? id : name) + " is void.");
        return 0;
    }
}
