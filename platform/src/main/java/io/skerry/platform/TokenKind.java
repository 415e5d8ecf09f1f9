package io.skerry.platform;

import io.skerry.catalog.token.ApiToken;

/// How far a token of the control plane reaches, from furthest to least.
public enum TokenKind {
    /// From a sign-in: all that its user may do, for a few days.
    SESSION,
    /// All that its user may do.
    UNRESTRICTED,
    /// Of a program that the user let in: all that he may do, but for his account. It could outlive its end
    /// otherwise, by a token that it makes.
    OAUTH,
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
        return switch (token.kind()) {
            case SESSION -> SESSION;
            case API -> UNRESTRICTED;
            case OAUTH -> OAUTH;
        };
    }
}
