package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Commands about one kind of thing; without one of them, says which there are.
abstract class CommandFamily implements Runnable {

    @Spec
    @Nullable
    CommandSpec family;

    /// What a database token may, and for how long.
    static final class TokenOptions {
        @Option(names = "--expiration", paramLabel = "TIME", description = "Such as 7d or 2h30m. Default: never.")
        String expiration = "never";

        @Option(names = "--read-only", description = "A token that cannot write.")
        boolean readOnly;

        @Option(
                names = "--attach",
                paramLabel = "DATABASE",
                split = ",",
                description = "A token that may attach this database of the same group too; may be repeated.")
        List<String> attach = List.of();

        @Option(
                names = "--permission",
                paramLabel = "TABLE:ACTION,…",
                description = "The token may only do this: such as orders:data_read,data_add; * for all tables; may be"
                        + " repeated.")
        @Nullable
        List<String> permissions;

        /// @return null if neither is asked for
        @Nullable
        ObjectNode body() throws RemoteException {
            if (permissions == null && attach.isEmpty()) {
                return null;
            }
            ObjectNode body = Server.body();
            if (!attach.isEmpty()) {
                ArrayNode names =
                        body.putObject("permissions").putObject("read_attach").putArray("databases");
                attach.forEach(names::add);
            }
            if (permissions != null) {
                fineGrained(permissions, body.putArray("fine_grained_permissions"));
            }
            return body;
        }

        private static void fineGrained(List<String> permissions, ArrayNode list) throws RemoteException {
            for (String permission : permissions) {
                int colon = permission.lastIndexOf(':');
                if (colon < 1) {
                    throw new RemoteException("'" + permission + "' is no permission; one looks like orders:data_read");
                }
                ObjectNode entry = list.addObject();
                String table = permission.substring(0, colon);
                if (!table.equals("*")) {
                    entry.putArray("t").add(table);
                }
                ArrayNode actions = entry.putArray("a");
                for (String action : permission.substring(colon + 1).split(",", -1)) {
                    actions.add(action.strip());
                }
            }
        }
    }

    @Override
    public void run() {
        CommandLine line = java.util.Objects.requireNonNull(family).commandLine();
        line.usage(line.getOut());
    }

    /// @param kind `groups` or `databases`
    static void mint(Server server, String kind, String name, TokenOptions options) throws RemoteException {
        JsonNode answer = server.call(
                "POST",
                server.path(kind, name, "auth", "tokens") + "?expiration=" + Server.encode(options.expiration)
                        + "&authorization=" + (options.readOnly ? "read-only" : "full-access"),
                options.body());
        server.done(answer, answer.path("jwt").asText());
    }

    static void rotate(Server server, String kind, String name, boolean yes) throws RemoteException {
        server.confirm(yes, "This ends every token of " + name);
        server.done(
                server.call("POST", server.path(kind, name, "auth", "rotate"), null),
                "The tokens of " + name + " are void.");
    }

    static void protect(Server server, String kind, String name, boolean on) throws RemoteException {
        JsonNode answer = server.call(
                "PATCH", server.path(kind, name, "configuration"), Server.body().put("delete_protection", on));
        server.done(answer, name + (on ? " cannot be deleted now." : " can be deleted now."));
    }
}
