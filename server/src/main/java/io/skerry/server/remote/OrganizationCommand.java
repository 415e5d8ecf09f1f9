package io.skerry.server.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Organizations, their members, and what was done in them.
@Command(name = "org", description = "Organizations and their members.", mixinStandardHelpOptions = true)
public final class OrganizationCommand extends CommandFamily {

    private static final int AUDIT_PAGE = 1000;

    private static final Table TABLE =
            new Table().column("NAME", "/name").column("SLUG", "/slug").column("TYPE", "/type");
    private static final Table MEMBERS =
            new Table().column("USER", "/username").column("ROLE", "/role").column("EMAIL", "/email");
    private static final Table AUDIT = new Table()
            .column("AT", "/created_at")
            .column("WHO", "/author")
            .column("WHAT", "/code")
            .column("TARGET", "/data/target")
            .column("RESULT", "/data/result")
            .column("ADDRESS", "/ip")
            .column("MESSAGE", "/message");

    private static final Table USAGE = new Table()
            .column("groups", "/groups")
            .column("locations", "/locations")
            .column("databases", "/databases")
            .column("bytes stored", "/storage_bytes")
            .column("rows read", "/rows_read")
            .column("rows written", "/rows_written");
    private static final Table INVITES =
            new Table().column("FOR", "/email").column("ROLE", "/role").column("SINCE", "/created_at");

    @Command(
            description = "Lists your organizations.",
            footer = "%nExample: skerry org list",
            mixinStandardHelpOptions = true)
    int list(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", "/v2/organizations", null);
        server.show(answer, answer.path("organizations"), TABLE);
        return 0;
    }

    @Command(
            description = "Creates an organization, which you own.",
            footer = "%nExample: skerry org create acme",
            mixinStandardHelpOptions = true)
    int create(@Mixin Server server, @Parameters(paramLabel = "NAME") String name) throws RemoteException {
        JsonNode answer = server.call("POST", "/v1/organizations", Server.body().put("name", name));
        server.done(answer, "Created organization " + answer.at("/org/slug").asText() + ".");
        return 0;
    }

    @Command(
            description = "Deletes an organization that has no groups any more.",
            footer = "%nExample: skerry org delete acme --yes",
            mixinStandardHelpOptions = true)
    int delete(
            @Mixin Server server,
            @Parameters(paramLabel = "SLUG") String slug,
            @Option(names = "--yes", description = "Do not ask.") boolean yes)
            throws RemoteException {
        server.confirm(yes, "This deletes organization " + slug);
        server.done(
                server.call("DELETE", "/v1/organizations/" + Server.encode(slug), null),
                "Deleted organization " + slug + ".");
        return 0;
    }

    @Command(
            description = "Lists the members.",
            footer = "%nExample: skerry org members --organization acme",
            mixinStandardHelpOptions = true)
    int members(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", server.organizationPath("v1", "members"), null);
        server.show(answer, answer.path("members"), MEMBERS);
        return 0;
    }

    @Command(
            name = "member-add",
            description = "Makes a user a member.",
            footer = "%nExample: skerry org member-add ana --role viewer",
            mixinStandardHelpOptions = true)
    int add(
            @Mixin Server server,
            @Parameters(paramLabel = "USER") String user,
            @Option(names = "--role", defaultValue = "member", description = "admin, member or viewer.") String role)
            throws RemoteException {
        JsonNode answer = server.call(
                "POST",
                server.organizationPath("v1", "members"),
                Server.body().put("username", user).put("role", role));
        server.done(answer, user + " is " + role + " now.");
        return 0;
    }

    @Command(
            name = "member-role",
            description = "Gives a member another role.",
            footer = "%nExample: skerry org member-role ana admin",
            mixinStandardHelpOptions = true)
    int role(
            @Mixin Server server,
            @Parameters(paramLabel = "USER", index = "0") String user,
            @Parameters(paramLabel = "ROLE", index = "1") String role)
            throws RemoteException {
        JsonNode answer = server.call(
                "PATCH",
                server.organizationPath("v1", "members", user),
                Server.body().put("role", role));
        server.done(answer, user + " is " + role + " now.");
        return 0;
    }

    @Command(
            name = "member-remove",
            description = "Takes a member out.",
            footer = "%nExample: skerry org member-remove ana",
            mixinStandardHelpOptions = true)
    int remove(@Mixin Server server, @Parameters(paramLabel = "USER") String user) throws RemoteException {
        server.done(
                server.call("DELETE", server.organizationPath("v1", "members", user), null),
                user + " is no member any more.");
        return 0;
    }

    @Command(
            description = {
                "Invites somebody by e-mail address, or a user by name.",
                "Nobody is sent anything: the secret is printed this once, for you to hand on."
            },
            footer = "%nExample: skerry org invite ana@example.net --role viewer",
            mixinStandardHelpOptions = true)
    int invite(
            @Mixin Server server,
            @Parameters(paramLabel = "EMAIL", arity = "0..1") @Nullable String email,
            @Option(
                            names = "--user",
                            paramLabel = "NAME",
                            description = "Instead of an address: a user, for whom" + " alone the invitation is then.")
                    @Nullable
                    String user,
            @Option(names = "--role", defaultValue = "member", description = "admin, member or viewer.") String role)
            throws RemoteException {
        if ((email == null) == (user == null)) {
            throw new RemoteException("say whom to invite: an e-mail address, or a user with --user");
        }
        ObjectNode body = Server.body().put("role", role);
        body.put(email == null ? "username" : "email", email == null ? user : email);
        JsonNode answer = server.call("POST", server.organizationPath("v2", "invites"), body);
        server.done(answer, invitation(server, answer.path("invited"), email == null));
        return 0;
    }

    private static String invitation(Server server, JsonNode invited, boolean hasAccount) {
        String secret = invited.path("token").asText();
        String join = "with an account:     skerry org join " + secret;
        String signUp =
                "without an account:  " + server.url.replaceAll("/+$", "") + "/signup?invite=" + Server.encode(secret);
        return "Good once, for seven days, as " + invited.path("role").asText() + " of "
                + invited.path("organization").asText() + ":\n" + join + (hasAccount ? "" : "\n" + signUp);
    }

    @Command(
            description = "Lists the invitations that wait for an answer.",
            footer = "%nExample: skerry org invites --organization acme",
            mixinStandardHelpOptions = true)
    int invites(@Mixin Server server) throws RemoteException {
        JsonNode answer = server.call("GET", server.organizationPath("v2", "invites"), null);
        server.show(answer, answer.path("invites"), INVITES);
        return 0;
    }

    @Command(
            description = "Withdraws an invitation.",
            footer = "%nExample: skerry org uninvite ana@example.net",
            mixinStandardHelpOptions = true)
    int uninvite(
            @Mixin Server server,
            @Parameters(paramLabel = "WHOM", description = "As they were invited: address or user name.") String whom)
            throws RemoteException {
        JsonNode answer = server.call("DELETE", server.organizationPath("v2", "invites", whom), null);
        server.done(answer, "The invitation of " + whom + " is void.");
        return 0;
    }

    @Command(
            description = "Makes you a member of the organization that invited you.",
            footer = "%nExample: skerry org join SECRET",
            mixinStandardHelpOptions = true)
    int join(
            @Mixin Server server,
            @Parameters(paramLabel = "SECRET", description = "What whoever invited you handed on.") String secret)
            throws RemoteException {
        JsonNode answer =
                server.call("POST", "/v1/invites/accept", Server.body().put("token", secret));
        server.done(
                answer, "You are a member of " + answer.at("/organization/slug").asText() + " now.");
        return 0;
    }

    @Command(
            description = "Shows what all databases take: their size, and the rows read (an estimate) and written.",
            footer = "%nExample: skerry org usage --organization acme",
            mixinStandardHelpOptions = true)
    int usage(@Mixin Server server, @Mixin TimeWindow window) throws RemoteException {
        JsonNode answer = server.call("GET", server.path("usage") + window.query(), null);
        server.showOne(answer, answer.at("/organization/usage"), USAGE);
        return 0;
    }

    @Command(
            description = {
                "Shows what was done, the newest first.",
                "With --json all of it, the oldest first, one entry a line."
            },
            footer = "%nExample: skerry org audit --json",
            mixinStandardHelpOptions = true)
    int audit(@Mixin Server server, @Option(names = "--page", defaultValue = "1", description = "From 1.") int page)
            throws RemoteException {
        String path = server.organizationPath("v1", "audit-logs");
        if (server.json) {
            exportAudit(server, path + "?format=jsonl&page_size=" + AUDIT_PAGE);
        } else {
            JsonNode answer = server.call("GET", path + "?page=" + page, null);
            server.show(answer, answer.path("audit_logs"), AUDIT);
        }
        return 0;
    }

    private static void exportAudit(Server server, String path) throws RemoteException {
        List<String> lines;
        String last = "0";
        do {
            lines = server.text("GET", path + "&after=" + last).lines().toList();
            lines.forEach(server.out()::println);
            if (!lines.isEmpty()) {
                last = Server.parse(lines.getLast()).path("id").asText();
            }
        } while (lines.size() == AUDIT_PAGE);
    }
}
