package io.skerry.catalog.oauth;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.token.TokenHash;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/// Registers clients, and lets users let them in. Thread-safe; leader only. Of secrets, codes and tokens only hashes
/// are kept.
public final class Oauth {

    public static final Duration CODE_LIFETIME = Duration.ofMinutes(2);

    /// For so long after its end it is known that a code was used.
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private static final int NAME_MAX = 64;
    private static final int CLIENTS_PER_USER_MAX = 100;
    private static final int REDIRECTS_MAX = 10;

    /// Of one user for one client; one more ends the oldest.
    static final int TOKENS_MAX = 10;

    private static final int ID_BYTES = 16;
    private static final int SECRET_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Catalog catalog;
    private final Clock clock;

    public Oauth(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    /// @param secret which is nowhere else from now on
    public record Registered(OauthClient client, String secret) {

        @Override
        public String toString() {
            return "Registered[client=" + client + "]";
        }
    }

    /// What a client asks for in exchange for a code.
    ///
    /// @param client its id, as it proved it by the secret
    public record Exchange(String client, String secret, String code, String redirectUri, String verifier) {

        @Override
        public String toString() {
            return "Exchange[client=" + client + "]";
        }
    }

    /// @throws CatalogException INVALID name or address, or too many; EXISTS
    public Registered register(User owner, String name, List<String> redirectUris, Actor actor) {
        checkName(name);
        if (redirectUris.isEmpty() || redirectUris.size() > REDIRECTS_MAX) {
            throw new CatalogException(INVALID, "between 1 and " + REDIRECTS_MAX + " redirect_uris are needed");
        }
        List<RedirectUri> redirects =
                redirectUris.stream().map(RedirectUri::parse).distinct().toList();
        Instant now = clock.instant();
        OauthClient client = new OauthClient(random(ID_BYTES), owner.id(), name, redirects, now);
        String secret = random(SECRET_BYTES);
        return catalog.write(sql -> {
            List<OauthClient> present = OauthClients.of(sql, owner.id());
            if (present.stream().anyMatch(other -> other.name().equals(name))) {
                throw new CatalogException(EXISTS, "client with name " + name + " already exists");
            }
            if (present.size() >= CLIENTS_PER_USER_MAX) {
                throw new CatalogException(
                        INVALID, "you have " + CLIENTS_PER_USER_MAX + " clients, and may not have more");
            }
            OauthClients.insert(sql, client, TokenHash.of(secret));
            audit(sql, actor, Action.OAUTH_CLIENT_CREATE, owner.id(), name, now);
            return new Registered(client, secret);
        });
    }

    /// Ends one of the user's own clients, with every token that anybody granted it.
    ///
    /// @throws CatalogException NOT_FOUND
    public void unregister(User owner, String id, Actor actor) {
        catalog.write(sql -> {
            OauthClient client = OauthClients.byId(sql, id)
                    .filter(found -> found.owner().equals(owner.id()))
                    .orElseThrow(() -> new CatalogException(NOT_FOUND, "could not find client"));
            OauthClients.delete(sql, id);
            audit(sql, actor, Action.OAUTH_CLIENT_DELETE, owner.id(), client.name(), clock.instant());
            return true;
        });
    }

    /// Ends all that the user granted a client.
    ///
    /// @throws CatalogException NOT_FOUND if it has nothing of his
    public void withdraw(User user, String id, Actor actor) {
        catalog.write(sql -> {
            String name = OauthClients.byId(sql, id).map(OauthClient::name).orElse("");
            if (OauthClients.withdraw(sql, user.id(), id) == 0) {
                throw new CatalogException(NOT_FOUND, "could not find a client with this id that you let in");
            }
            audit(sql, actor, Action.USER_TOKEN_DELETE, user.id(), name, clock.instant());
            return true;
        });
    }

    /// Lets a client in, which then has [#CODE_LIFETIME] to fetch its token.
    ///
    /// @param redirectUri one that the client may name
    /// @param challenge see [Pkce#isChallenge]
    /// @return the code, which is nowhere else from now on
    /// @throws OauthException INVALID_REQUEST if there is no such client any more, or the code may not go there
    public String authorize(User user, String clientId, String redirectUri, String challenge, Actor actor) {
        String code = random(SECRET_BYTES);
        Instant now = clock.instant();
        return catalog.write(sql -> {
            OauthClient client = requireClient(sql, clientId, redirectUri);
            OauthCodes.prune(sql, now, REMEMBERED);
            OauthCodes.insert(
                    sql,
                    TokenHash.of(code),
                    new OauthCodes.Code(clientId, user.id(), redirectUri, challenge, now.plus(CODE_LIFETIME), null));
            audit(sql, actor, Action.OAUTH_AUTHORIZE, user.id(), client.name(), now);
            return code;
        });
    }

    /// @throws OauthException INVALID_REQUEST, with what is wrong: nobody may be sent on to such an address
    public OauthClient client(String id, String redirectUri) {
        return catalog.read(sql -> requireClient(sql, id, redirectUri));
    }

    private static OauthClient requireClient(Sql sql, String id, String redirectUri) {
        OauthClient client = OauthClients.byId(sql, id)
                .orElseThrow(
                        () -> new OauthException(OauthException.Problem.INVALID_REQUEST, "client_id names no client"));
        if (!client.redirectsTo(redirectUri)) {
            throw new OauthException(
                    OauthException.Problem.INVALID_REQUEST, "redirect_uri is none that the client registered");
        }
        return client;
    }

    /// Exchanges a code for a token. Once: another attempt ends the token, for one of the two is a thief's (RFC 6749,
    /// section 4.1.2). A code that its client shows with anything wrong is of no use any more.
    ///
    /// @param from address and request; the name in it does not count
    /// @return the token, which is nowhere else from now on
    /// @throws OauthException INVALID_CLIENT, INVALID_GRANT
    public String exchange(Exchange asked, Actor from) {
        TokenHash secret = TokenHash.of(asked.secret());
        // Before the write: who does not know the secret costs the cluster nothing.
        catalog.read(sql -> requireAuthenticated(sql, asked.client(), secret));
        ApiTokens.Fresh fresh = ApiTokens.fresh();
        Instant now = clock.instant();
        // Refusals change something too, so they must not take the transaction back.
        String refusal = catalog.write(sql -> {
            OauthClient client = requireAuthenticated(sql, asked.client(), secret);
            return exchange(sql, client, asked, fresh, from, now);
        });
        if (!refusal.isEmpty()) {
            throw new OauthException(OauthException.Problem.INVALID_GRANT, refusal);
        }
        return fresh.text();
    }

    /// @return why not; empty if the token is there now
    private static String exchange(
            Sql sql, OauthClient client, Exchange asked, ApiTokens.Fresh fresh, Actor from, Instant now) {
        TokenHash hash = TokenHash.of(asked.code());
        OauthCodes.Code code = OauthCodes.find(sql, hash)
                .filter(found -> found.client().equals(client.id()))
                .orElse(null);
        User user = code == null ? null : Users.byId(sql, code.user()).orElse(null);
        if (code == null || user == null) {
            return "the code is unknown";
        }
        Actor actor = new Actor(user.username(), from.origin(), from.address(), from.requestId());
        if (code.token() != null) {
            if (sql.update("DELETE FROM api_tokens WHERE id = ?", code.token()) > 0) {
                audit(sql, actor, Action.USER_TOKEN_DELETE, user.id(), client.name(), now);
            }
            return "the code was used before: the token that it was exchanged for has ended";
        }
        String wrong = wrong(code, asked, now);
        if (!wrong.isEmpty()) {
            OauthCodes.delete(sql, hash);
            return wrong;
        }
        grant(sql, user, client, fresh, now);
        OauthCodes.markUsed(sql, hash, fresh.id());
        audit(sql, actor, Action.USER_TOKEN_CREATE, user.id(), client.name(), now);
        return "";
    }

    private static String wrong(OauthCodes.Code code, Exchange asked, Instant now) {
        if (!now.isBefore(code.expiresAt())) {
            return "the code is expired";
        }
        if (!asked.redirectUri().equals(code.redirectUri())) {
            return "redirect_uri is not the one that the code was sent to";
        }
        return Pkce.proves(asked.verifier(), code.challenge())
                ? ""
                : "code_verifier does not fit the code_challenge of the code";
    }

    private static void grant(Sql sql, User user, OauthClient client, ApiTokens.Fresh fresh, Instant now) {
        ApiTokens.insert(
                sql,
                new ApiToken(fresh.id(), ApiToken.Kind.OAUTH, user.id(), client.name(), null, null, Set.of(), null),
                fresh.text(),
                now);
        sql.update("UPDATE api_tokens SET client = ? WHERE id = ?", client.id(), fresh.id());
        sql.update("""
                DELETE FROM api_tokens WHERE id IN (
                    SELECT id FROM api_tokens WHERE client = ? AND user = ? AND id <> ?
                    ORDER BY created_at DESC, id LIMIT -1 OFFSET ?)
                """, client.id(), user.id(), fresh.id(), TOKENS_MAX - 1);
    }

    private static OauthClient requireAuthenticated(Sql sql, String id, TokenHash secret) {
        return OauthClients.authenticated(sql, id, secret)
                .orElseThrow(() -> new OauthException(
                        OauthException.Problem.INVALID_CLIENT, "the client is unknown, or its secret is wrong"));
    }

    private static void checkName(String name) {
        boolean printable =
                name.codePoints().noneMatch(c -> Character.isISOControl(c) || isHalf(c)) && name.equals(name.strip());
        if (name.isEmpty() || name.length() > NAME_MAX || !printable) {
            throw new CatalogException(
                    INVALID,
                    "invalid client name: must be between 1 and " + NAME_MAX
                            + " characters, without control characters and blanks around it");
        }
    }

    /// Half of a pair of UTF-16, which no encoding can hold.
    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static String random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static void audit(Sql sql, Actor actor, Action action, UserId user, String target, Instant now) {
        Audit.record(
                sql,
                actor,
                action,
                Organizations.personal(sql, user).map(Organization::id).orElse(null),
                target,
                "",
                now);
    }
}
