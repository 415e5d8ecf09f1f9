package io.skerry.catalog.invite;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.MemberChanges;
import io.skerry.catalog.organization.Memberships;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.TokenHash;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Invites, takes invitations back, and lets in who accepts one. Thread-safe; leader only.
public final class InviteChanges {

    /// So long a link is good.
    static final Duration LIFETIME = Duration.ofDays(7);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int EMAIL_LENGTH_MAX = 254;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@\\p{Cntrl}]+@[^\\s@\\p{Cntrl}]+");

    private final Catalog catalog;
    private final Clock clock;
    private final MemberChanges members;
    private final PeopleLimits limits;

    public InviteChanges(Catalog catalog, Clock clock, MemberChanges members, PeopleLimits limits) {
        this.catalog = catalog;
        this.clock = clock;
        this.members = members;
        this.limits = limits;
    }

    /// @param secret of the link, which is nowhere else from now on
    public record Issued(Invite invite, String secret) {

        @Override
        public String toString() {
            return "Issued[invite=" + invite + "]";
        }
    }

    /// Invites whoever holds the link.
    ///
    /// @param replace whether an invitation that waits for this address makes way, and its link ends
    /// @throws CatalogException INVALID address, or too many; EXISTS if a member has this address, or one waits for
    ///     it already and is not to be replaced
    public Issued inviteEmail(Organization organization, String email, Role role, boolean replace, Actor actor) {
        if (email.length() > EMAIL_LENGTH_MAX || !EMAIL.matcher(email).matches()) {
            throw new CatalogException(INVALID, "invalid email");
        }
        return issue(organization, email.toLowerCase(Locale.ROOT), null, role, replace, actor);
    }

    /// Invites a user, and nobody else.
    ///
    /// @param replace as above
    /// @throws CatalogException NOT_FOUND if there is no such user; EXISTS if he is in, or is invited; INVALID
    ///     if there are too many
    public Issued inviteUser(Organization organization, String username, Role role, boolean replace, Actor actor) {
        return issue(organization, "", username, role, replace, actor);
    }

    private Issued issue(
            Organization organization,
            String address,
            @Nullable String username,
            Role role,
            boolean replace,
            Actor actor) {
        byte[] random = new byte[SECRET_BYTES];
        RANDOM.nextBytes(random);
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Instant now = clock.instant();
        return catalog.write(sql -> {
            Organizations.require(sql, organization.id());
            String email =
                    username == null ? ofNoMember(sql, organization, address) : emailOf(sql, organization, username);
            Optional<Invite> known = Invites.find(sql, organization.id(), email);
            if (!replace && known.filter(invite -> invite.isOpen(now)).isPresent()) {
                throw new CatalogException(
                        EXISTS, email + " is already invited to organization " + organization.slug());
            }
            known.ifPresent(invite -> Invites.delete(sql, invite.id()));
            Invites.prune(sql, organization.id(), limits.invitesPerOrganization(), now);
            if (Invites.countOpen(sql, organization.id(), now) >= limits.invitesPerOrganization()) {
                throw new CatalogException(
                        INVALID,
                        "organization " + organization.slug() + " has " + limits.invitesPerOrganization()
                                + " invitations, and may not have more: take some back");
            }
            Invite invite =
                    new Invite(0, organization.id(), email, username, role, false, now, now, now.plus(LIFETIME));
            Invite stored = Invites.insert(sql, invite, TokenHash.of(secret).bytes());
            Audit.record(sql, actor, Action.ORG_INVITE_CREATE, organization.id(), email, role.text(), now);
            return new Issued(stored, secret);
        });
    }

    /// Takes back an invitation that nobody accepted yet.
    ///
    /// @param email or username
    /// @throws CatalogException NOT_FOUND
    public void withdraw(Organization organization, String email, Actor actor) {
        catalog.write(sql -> {
            Invite invite = Invites.find(sql, organization.id(), email.toLowerCase(Locale.ROOT))
                    .filter(candidate -> !candidate.accepted())
                    .orElseThrow(() -> new CatalogException(NOT_FOUND, "invite not found"));
            Invites.delete(sql, invite.id());
            Audit.record(sql, actor, Action.ORG_INVITE_DELETE, organization.id(), invite.email(), "", clock.instant());
            return true;
        });
    }

    /// Lets the user in. The link is of no use from then on.
    ///
    /// @return where he is a member now
    /// @throws CatalogException NOT_FOUND for a link that is unknown, used, too old, or somebody else's; EXISTS
    ///     if he is a member; INVALID if there are too many
    public Organization accept(User user, String secret, Actor actor) {
        byte[] hash = TokenHash.of(secret).bytes();
        Instant now = clock.instant();
        return catalog.write(sql -> {
            Invite invite = Invites.byLink(sql, hash)
                    .filter(candidate -> candidate.isOpen(now))
                    .filter(candidate ->
                            candidate.username() == null || candidate.username().equals(user.username()))
                    .orElseThrow(() -> new CatalogException(NOT_FOUND, "invite not found"));
            Organization organization =
                    Organizations.byId(sql, invite.organization()).orElseThrow();
            members.join(sql, organization, user, invite.role(), now);
            Invites.accept(sql, invite.id(), now);
            Audit.record(
                    sql,
                    actor,
                    Action.ORG_MEMBER_ADD,
                    organization.id(),
                    user.username(),
                    invite.role().text() + ", invited as " + invite.email(),
                    now);
            return organization;
        });
    }

    private static String ofNoMember(Sql sql, Organization organization, String email) {
        if (Memberships.of(sql, organization.id()).stream()
                .anyMatch(member -> member.email().equalsIgnoreCase(email))) {
            throw new CatalogException(EXISTS, email + " is already a member of organization " + organization.slug());
        }
        return email;
    }

    private static String emailOf(Sql sql, Organization organization, String username) {
        User user = Users.byUsername(sql, username)
                .orElseThrow(() -> new CatalogException(NOT_FOUND, "could not find user " + username));
        if (Users.role(sql, organization.id(), user.id()).isPresent()) {
            throw new CatalogException(
                    EXISTS, "user " + username + " is already a member of organization " + organization.slug());
        }
        return user.email().isEmpty() ? username : user.email().toLowerCase(Locale.ROOT);
    }
}
