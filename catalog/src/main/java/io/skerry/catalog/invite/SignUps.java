package io.skerry.catalog.invite;

import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Accounts;
import io.skerry.catalog.organization.MemberChanges;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.password.PasswordHasher;
import io.skerry.catalog.password.Passwords;
import io.skerry.catalog.password.Sessions;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.token.TokenHash;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Accounts for people who were invited: the link of an invitation is the only way to one. Thread-safe; leader only.
public final class SignUps {

    private static final String TOKEN_NAME = "first";

    private final Catalog catalog;
    private final Clock clock;
    private final MemberChanges members;
    private final PasswordHasher hasher;

    public SignUps(Catalog catalog, Clock clock, MemberChanges members, PasswordHasher hasher) {
        this.catalog = catalog;
        this.clock = clock;
        this.members = members;
        this.hasher = hasher;
    }

    /// @param organization where he was invited to
    /// @param token that may do all that the user may; it is nowhere else from now on
    public record Welcome(User user, Organization organization, String token) {

        @Override
        public String toString() {
            return "Welcome[user=" + user + ", organization=" + organization + "]";
        }
    }

    /// Makes an account, lets it into the organization, and gives it a token: a session if it has a password, else an
    /// API token, without which nobody could come in. The link is of no use from then on.
    ///
    /// @param secret of an invitation that is not for a user who is there already
    /// @param password null for none
    /// @param from address and request; the name in it does not count
    /// @throws CatalogException NOT_FOUND for a link that is unknown, used, or too old; INVALID, NAME_TAKEN or
    ///     EXISTS for a username that cannot be had; INVALID if the password is too short or too long, or the
    ///     organization has too many members; BUSY
    public Welcome signUp(String secret, String username, @Nullable String password, Actor from) {
        byte[] hash = TokenHash.of(secret).bytes();
        Instant now = clock.instant();
        UserId id = new UserId(UUID.randomUUID());
        OrganizationId personal = new OrganizationId(UUID.randomUUID());
        ApiTokens.Fresh token = ApiTokens.fresh();
        String passwordHash = password == null ? null : hashFor(hash, username, password);
        Actor actor = new Actor(username, from.origin(), from.address(), from.requestId());
        return catalog.write(sql -> {
            Invite invite = invite(sql, hash, now);
            Accounts.requireFree(sql, username);
            Accounts.insert(sql, id, personal, username, invite.email(), now);
            User user = Users.byId(sql, id).orElseThrow();
            Organization organization =
                    Organizations.byId(sql, invite.organization()).orElseThrow();
            members.join(sql, organization, user, invite.role(), now);
            Invites.accept(sql, invite.id(), now);
            if (passwordHash == null) {
                ApiTokens.put(
                        sql,
                        new ApiToken(token.id(), ApiToken.Kind.API, id, TOKEN_NAME, null, null, Set.of(), null),
                        token.text(),
                        now);
            } else {
                Passwords.set(sql, id, passwordHash);
                Sessions.open(sql, user, token, now);
            }
            Audit.record(sql, actor, Action.USER_SIGNUP, organization.id(), username, invite.email(), now);
            Audit.record(
                    sql,
                    actor,
                    Action.ORG_MEMBER_ADD,
                    organization.id(),
                    username,
                    invite.role().text(),
                    now);
            if (passwordHash == null) {
                Audit.record(sql, actor, Action.USER_TOKEN_CREATE, personal, TOKEN_NAME, "", now);
            } else {
                Audit.record(sql, actor, Action.USER_SESSION_CREATE, personal, username, "", now);
            }
            return new Welcome(user, organization, token.text());
        });
    }

    /// Only who has a link may keep the node busy with it, and only for a name that can be had.
    private String hashFor(byte[] link, String username, String password) {
        catalog.read(sql -> {
            Invite invite = invite(sql, link, clock.instant());
            Accounts.requireFree(sql, username);
            return invite;
        });
        return hasher.hash(password);
    }

    private static Invite invite(Sql sql, byte[] link, Instant now) {
        return Invites.byLink(sql, link)
                .filter(candidate -> candidate.isOpen(now) && candidate.username() == null)
                .orElseThrow(() -> new CatalogException(NOT_FOUND, "invite not found"));
    }
}
