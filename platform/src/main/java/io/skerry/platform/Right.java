package io.skerry.platform;

import io.skerry.catalog.organization.Role;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.Scope;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an operation needs of its caller: a role in the organization, and, if the token is restricted to a group,
/// a scope.
public enum Right {
    /// A live token is enough: the operation concerns the caller alone, or nobody.
    TOKEN(null, Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER),
    READ(Scope.READ, Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER),
    DB_CREATE(Scope.DB_CREATE, Role.OWNER, Role.ADMIN, Role.MEMBER),
    DB_DELETE(Scope.DB_DELETE, Role.OWNER, Role.ADMIN, Role.MEMBER),
    DB_MINT_TOKEN(Scope.DB_MINT_TOKEN, Role.OWNER, Role.ADMIN, Role.MEMBER),
    DB_ROTATE(Scope.DB_ROTATE_CREDS, Role.OWNER, Role.ADMIN, Role.MEMBER),
    GROUP_CONFIGURE(Scope.GROUP_CONFIGURE, Role.OWNER, Role.ADMIN, Role.MEMBER),
    GROUP_MINT_TOKEN(Scope.GROUP_MINT_TOKEN, Role.OWNER, Role.ADMIN, Role.MEMBER),
    GROUP_ROTATE(Scope.GROUP_ROTATE_CREDS, Role.OWNER, Role.ADMIN, Role.MEMBER),
    /// Never for a token that is restricted to a group.
    GROUP_CREATE(null, Role.OWNER, Role.ADMIN, Role.MEMBER),
    GROUP_DELETE(null, Role.OWNER, Role.ADMIN, Role.MEMBER);

    private final @Nullable Scope scope;
    private final Set<Role> roles;

    Right(@Nullable Scope scope, Role first, Role... others) {
        this.scope = scope;
        this.roles = EnumSet.of(first, others);
    }

    /// Whether a member of this role may do it.
    public boolean allows(Role role) {
        return roles.contains(role);
    }

    /// Whether the token's restriction leaves it.
    public boolean allows(ApiToken token) {
        return token.group() == null
                || this == TOKEN
                || (scope != null && token.scopes().contains(scope));
    }
}
