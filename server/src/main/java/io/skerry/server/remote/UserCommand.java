package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who one is.
@Command(name = "user", description = "Your account.", mixinStandardHelpOptions = true)
public final class UserCommand extends CommandFamily {

    private static final Table TABLE =
            new Table().column("user", "/username").column("name", "/name").column("email", "/email");

    @Command(
            description = "Shows whose token is used.",
            footer = "%nExample: skerry user show",
            mixinStandardHelpOptions = true)
    int show(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v1/user", null);
        server.showOne(answer, answer.path("user"), TABLE);
        return 0;
    }

    @Command(
            name = "sign-out",
            description = "Ends all your sessions, of browsers too; API tokens go on.",
            footer = "%nExample: skerry user sign-out --yes",
            mixinStandardHelpOptions = true)
    int signOut(@Mixin Server server, @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This ends all your sessions");
        server.done(server.call("POST", "/v1/auth/invalidate", null), "Your sessions are over.");
        return 0;
    }

    @Command(
            description = {
                "Gives a user who forgot his password another one, and prints it, once.",
                "For the administrator of the server. Every session of the user ends; his tokens with a name go on."
            },
            footer = "%nExample: skerry user reset ana --yes",
            mixinStandardHelpOptions = true)
    int reset(
            @Mixin Server server,
            @Parameters(paramLabel = "USER") String username,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This replaces the password of " + username + " and ends all sessions of that user");
        String path = "/v1/users/" + Server.encode(username) + "/password";
        JsonNode answer = server.call("POST", path, null);
        server.done(answer, answer.path("password").asText());
        return 0;
    }

    @Command(
            description = {
                "Sets your password, which the sign-in in a browser asks for.",
                "It is asked for on the terminal. Every session ends; tokens with a name go on."
            },
            footer = "%nExample: skerry user password",
            mixinStandardHelpOptions = true)
    int password(
            @Mixin Server server,
            @Option(
                            names = "--password-stdin",
                            description = "Read the new password from the first line of the standard input, and the"
                                    + " current one, if there is one, from the second.")
                    boolean fromInput)
            throws RemoteException {
        NewPassword passwords = fromInput ? NewPassword.read(System.in) : NewPassword.ask();
        ObjectNode body = Server.body().put("current", passwords.current()).put("password", passwords.password());
        JsonNode answer = server.call("PUT", "/v1/user/password", body);
        server.done(answer, "The password of " + answer.at("/user/username").asText() + " is set.");
        return 0;
    }
}
