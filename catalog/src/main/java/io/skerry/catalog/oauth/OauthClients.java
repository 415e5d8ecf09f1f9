package io.skerry.catalog.oauth;

import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.TokenHash;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Clients in the catalog, and what users granted them.
public final class OauthClients {

    private static final String SELECT =
            "SELECT c.id, c.owner, c.name, (SELECT group_concat(u.value, ' ' ORDER BY u.id) FROM"
                    + " json_each(c.redirect_uris) u), c.created_at, c.secret_hash FROM oauth_clients c ";

    private OauthClients() {}

    /// A client that a user let in.
    ///
    /// @param owner username of who registered it
    /// @param tokens that it has
    /// @param since when it got the oldest of them
    public record Grant(String client, String name, String owner, long tokens, Instant since) {}

    public static Optional<OauthClient> byId(Sql sql, String id) {
        return sql.first(SELECT + "WHERE c.id = ?", OauthClients::read, id);
    }

    /// The client, if that is its secret.
    static Optional<OauthClient> authenticated(Sql sql, String id, TokenHash secret) {
        return sql.first(SELECT + "WHERE c.id = ?", row -> new Stored(read(row), new TokenHash(row.blob(5))), id)
                .filter(stored -> stored.secret().equals(secret))
                .map(Stored::client);
    }

    /// Those that a user registered, in the order of their names.
    public static List<OauthClient> of(Sql sql, UserId owner) {
        return sql.list(SELECT + "WHERE c.owner = ? ORDER BY c.name", OauthClients::read, owner);
    }

    /// Those that the user let in and that still have a token, in the order of their names.
    public static List<Grant> grants(Sql sql, UserId user) {
        return sql.list(
                """
                SELECT c.id, c.name, u.username, count(*), min(t.created_at)
                FROM api_tokens t JOIN oauth_clients c ON c.id = t.client JOIN users u ON u.id = c.owner
                WHERE t.kind = 'oauth' AND t.user = ? GROUP BY c.id ORDER BY c.name, c.id
                """, row -> new Grant(row.text(0), row.text(1), row.text(2), row.integer(3), row.instant(4)), user);
    }

    static void insert(Sql sql, OauthClient client, TokenHash secret) {
        // URIs have no character that JSON would escape but the backslash, which no URI has.
        String redirects = client.redirects().stream()
                .map(redirect -> "\"" + redirect.text() + "\"")
                .collect(Collectors.joining(",", "[", "]"));
        sql.update(
                "INSERT INTO oauth_clients (id, owner, name, secret_hash, redirect_uris, created_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                client.id(),
                client.owner(),
                client.name(),
                secret.bytes(),
                redirects,
                client.createdAt());
    }

    /// Removes the client with its codes and tokens.
    static void delete(Sql sql, String id) {
        sql.update("DELETE FROM api_tokens WHERE client = ?", id);
        sql.update("DELETE FROM oauth_codes WHERE client = ?", id);
        sql.update("DELETE FROM oauth_clients WHERE id = ?", id);
    }

    /// Ends all that the user granted the client.
    ///
    /// @return the number of codes and tokens that ended
    static long withdraw(Sql sql, UserId user, String client) {
        return sql.update("DELETE FROM oauth_codes WHERE client = ? AND user = ?", client, user)
                + sql.update("DELETE FROM api_tokens WHERE client = ? AND user = ?", client, user);
    }

    private record Stored(OauthClient client, TokenHash secret) {}

    private static OauthClient read(Row row) {
        return new OauthClient(
                row.text(0),
                new UserId(row.uuid(1)),
                row.text(2),
                Arrays.stream(row.text(3).split(" ", -1)).map(RedirectUri::new).toList(),
                row.instant(4));
    }
}
