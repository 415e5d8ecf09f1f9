package io.skerry.platform;

import io.skerry.catalog.token.ApiToken;

/// How far a token of the control plane reaches, from furthest to least.
public enum TokenKind {
    /// From a sign-in: all that its user may do, for a few days.
    SESSION,
    /// All that its user may do.
    UNRESTRICTED,
    /// What its user may do in one organization.
    ORGANIZATION,
    /// What its scopes say about one group and its databases.
    GROUP;

    public static TokenKind of(ApiToken token) {
        if (token.group() != null) {
            return GROUP;
        }
        if (token.organization() != null) {
            return ORGANIZATION;
        }
        return token.kind() == ApiToken.Kind.SESSION ? SESSION : UNRESTRICTED;
    }
}
