package io.skerry.catalog.password;

import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;
import static io.skerry.catalog.CatalogException.Reason.WRONG_PASSWORD;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiTokens;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// Who knows his password gets a session, and may change it. Thread-safe; leader only.
public final class SignIns {

    private static final SecureRandom RANDOM = new SecureRandom();
    /// As text 20 characters.
    private static final int RESET_BYTES = 15;

    private final Catalog catalog;
    private final Clock clock;
    private final PasswordHasher hasher;

    public SignIns(Catalog catalog, Clock clock, PasswordHasher hasher) {
        this.catalog = catalog;
        this.clock = clock;
        this.hasher = hasher;
    }

    /// @param token the secret; it is nowhere else from now on
    public record Session(User user, String token, Instant expiresAt) {}

    /// @param from address and request; the name in it does not count
    /// @throws CatalogException WRONG_PASSWORD, whether the user or the password is wrong; BUSY
    public Session signIn(String username, String password, Actor from) {
        Optional<User> named = catalog.read(sql -> Users.byUsername(sql, username));
        Optional<String> hash = named.flatMap(user -> catalog.read(sql -> Passwords.hash(sql, user.id())));
        if (!hasher.matches(password, hash.orElse(null)) || named.isEmpty()) {
            throw wrong();
        }
        ApiTokens.Fresh token = ApiTokens.fresh();
        Instant now = clock.instant();
        Actor actor = new Actor(username, from.origin(), from.address(), from.requestId());
        return catalog.write(sql -> {
            User user = unchanged(sql, named.get(), hash);
            Instant end = Sessions.open(sql, user, token, now);
            audit(sql, actor, Action.USER_SESSION_CREATE, user, now);
            return new Session(user, token.text(), end);
        });
    }

    /// Sets the password of a user, and ends every session he has; API tokens go on.
    ///
    /// @param current does not count if he has none
    /// @throws CatalogException WRONG_PASSWORD; INVALID if the new one is too short or too long; BUSY
    public void setPassword(User user, String current, String password, Actor actor) {
        PasswordHasher.check(password);
        Optional<String> known = catalog.read(sql -> Passwords.hash(sql, user.id()));
        if (known.isPresent() && !hasher.matches(current, known.get())) {
            throw new CatalogException(WRONG_PASSWORD, "wrong current password");
        }
        String hash = hasher.hash(password);
        Instant now = clock.instant();
        catalog.write(sql -> {
            unchanged(sql, user, known);
            change(sql, user, hash, now);
            audit(sql, actor, Action.USER_PASSWORD_SET, user, now);
            return true;
        });
    }

    /// @param password the secret; it is nowhere else from now on
    public record Reset(User user, String password) {

        @Override
        public String toString() {
            return "Reset[user=" + user + "]";
        }
    }

    /// Gives a user who forgot his password another one, and ends every session he has; API tokens go
    /// on. Whether the caller may is for others to know.
    ///
    /// @throws CatalogException NOT_FOUND; BUSY
    public Reset reset(String username, Actor actor) {
        User named = catalog.read(sql -> user(sql, username));
        byte[] random = new byte[RESET_BYTES];
        RANDOM.nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        String hash = hasher.hash(password);
        Instant now = clock.instant();
        return catalog.write(sql -> {
            User user = user(sql, named.username());
            change(sql, user, hash, now);
            audit(sql, actor, Action.USER_PASSWORD_RESET, user, now);
            return new Reset(user, password);
        });
    }

    private static User user(Sql sql, String username) {
        return Users.byUsername(sql, username).orElseThrow(() -> new CatalogException(NOT_FOUND, "user not found"));
    }

    private static void change(Sql sql, User user, String hash, Instant now) {
        Passwords.set(sql, user.id(), hash);
        Users.endSessions(sql, user.id(), now);
        ApiTokens.endSessions(sql, user.id(), now, 0);
    }

    /// The user as he is now. Comparing took long: another password may have been set in the meantime.
    private static User unchanged(Sql sql, User user, Optional<String> known) {
        return Users.byId(sql, user.id())
                .filter(found -> Passwords.hash(sql, found.id()).equals(known))
                .orElseThrow(SignIns::wrong);
    }

    private static CatalogException wrong() {
        return new CatalogException(WRONG_PASSWORD, "wrong username or password");
    }

    private static void audit(Sql sql, Actor actor, Action action, User user, Instant now) {
        Organization personal = Organizations.personal(sql, user.id()).orElse(null);
        Audit.record(sql, actor, action, personal == null ? null : personal.id(), user.username(), "", now);
    }
}
