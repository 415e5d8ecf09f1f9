package io.skerry.platform;

import static io.skerry.catalog.organization.Role.ADMIN;
import static io.skerry.catalog.organization.Role.MEMBER;
import static io.skerry.catalog.organization.Role.OWNER;
import static io.skerry.catalog.organization.Role.VIEWER;

import io.skerry.catalog.organization.Role;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.Scope;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an operation needs of its caller: a role in the organization, and a token that reaches far enough. Every
/// operation names one, and one that is not named here does not exist: what nobody decided is denied.
public enum Right {
    /// Not even a token.
    NOTHING(null, null, OWNER, ADMIN, MEMBER, VIEWER),
    /// A live token is enough: the operation concerns the caller alone, or nobody.
    TOKEN(TokenKind.GROUP, null, OWNER, ADMIN, MEMBER, VIEWER),
    /// The caller's own account; never for a token that is restricted, which could free itself here.
    ACCOUNT(TokenKind.UNRESTRICTED, null, OWNER, ADMIN, MEMBER, VIEWER),
    /// The caller's own password: as [#ACCOUNT], but whoever holds his token may still be somebody else who guesses.
    PASSWORD(TokenKind.UNRESTRICTED, null, OWNER, ADMIN, MEMBER, VIEWER),

    /// What concerns accounts of others: for the account of the first start, whose token who runs the
    /// server has.
    OPERATOR(TokenKind.UNRESTRICTED, null, OWNER),

    READ(TokenKind.GROUP, Scope.READ, OWNER, ADMIN, MEMBER, VIEWER),
    DB_CREATE(TokenKind.GROUP, Scope.DB_CREATE, OWNER, ADMIN, MEMBER),
    DB_DELETE(TokenKind.GROUP, Scope.DB_DELETE, OWNER, ADMIN, MEMBER),
    DB_CONFIGURE(TokenKind.GROUP, Scope.DB_CONFIGURE, OWNER, ADMIN, MEMBER),
    DB_MINT_TOKEN(TokenKind.GROUP, Scope.DB_MINT_TOKEN, OWNER, ADMIN, MEMBER),
    DB_ROTATE(TokenKind.GROUP, Scope.DB_ROTATE_CREDS, OWNER, ADMIN, MEMBER),
    GROUP_CONFIGURE(TokenKind.GROUP, Scope.GROUP_CONFIGURE, OWNER, ADMIN, MEMBER),
    GROUP_MINT_TOKEN(TokenKind.GROUP, Scope.GROUP_MINT_TOKEN, OWNER, ADMIN, MEMBER),
    GROUP_ROTATE(TokenKind.GROUP, Scope.GROUP_ROTATE_CREDS, OWNER, ADMIN, MEMBER),
    GROUP_CREATE(TokenKind.ORGANIZATION, null, OWNER, ADMIN, MEMBER),
    GROUP_DELETE(TokenKind.ORGANIZATION, null, OWNER, ADMIN, MEMBER),
    GROUP_TRANSFER(TokenKind.ORGANIZATION, null, OWNER, ADMIN),

    ORGANIZATION_READ(TokenKind.ORGANIZATION, null, OWNER, ADMIN, MEMBER, VIEWER),
    ORGANIZATION_CONFIGURE(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    ORGANIZATION_DELETE(TokenKind.ORGANIZATION, null, OWNER),
    MEMBERS(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    MEMBER_ROLES(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    /// Who has not the role may still leave: the `username` in the path is the caller's own.
    MEMBER_REMOVE(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    INVITES(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    AUDIT(TokenKind.ORGANIZATION, null, OWNER, ADMIN),
    /// The organization's API tokens: those of others are for owners and admins, which the operation sees to.
    API_TOKENS(TokenKind.ORGANIZATION, null, OWNER, ADMIN, MEMBER, VIEWER);

    private final @Nullable TokenKind least;
    private final @Nullable Scope scope;
    private final Set<Role> roles;

    /// @param least the kind of token that reaches least and is still enough; null if none is needed
    /// @param scope what a token of a group must have; null if nothing
    Right(@Nullable TokenKind least, @Nullable Scope scope, Role... roles) {
        this.least = least;
        this.scope = scope;
        this.roles = EnumSet.copyOf(Set.of(roles));
    }

    /// Whether a caller has to show a token at all.
    public boolean needsToken() {
        return least != null;
    }

    /// Whether an operation that changes something is shown a secret beside the token, or in its place.
    boolean takesSecret() {
        return this == NOTHING || this == PASSWORD;
    }

    /// Whether a member of this role may do it.
    public boolean allows(Role role) {
        return roles.contains(role);
    }

    /// Whether the token reaches far enough.
    public boolean allows(ApiToken token) {
        TokenKind kind = TokenKind.of(token);
        return least == null
                || (kind.compareTo(least) <= 0
                        && (kind != TokenKind.GROUP
                                || scope == null
                                || token.scopes().contains(scope)));
    }

    /// Whether everybody may do it to himself.
    boolean allowsOnOneself() {
        return this == MEMBER_REMOVE;
    }

    /// What a member whose role is too low is told.
    String refusal(Role role) {
        return this == MEMBER_ROLES
                ? "updating member roles is only allowed for admin or owner"
                : "role " + role.text() + " does not allow this";
    }
}
