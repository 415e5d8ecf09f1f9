package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Who one is.
@Command(name = "user", description = "Your account.", mixinStandardHelpOptions = true)
public final class UserCommand extends CommandFamily {

    private static final Table TABLE =
            new Table().column("user", "/username").column("name", "/name").column("email", "/email");

    @Command(description = "Shows whose token is used.", mixinStandardHelpOptions = true)
    int show(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v1/user", null);
        server.showOne(answer, answer.path("user"), TABLE);
        return 0;
    }
}
