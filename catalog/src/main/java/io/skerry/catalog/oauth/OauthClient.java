package io.skerry.catalog.oauth;

import io.skerry.catalog.organization.UserId;
import java.time.Instant;
import java.util.List;

/// A program that may ask users to let it in, without its secret.
///
/// @param owner who registered it
/// @param redirects where codes for it may go, one at least
public record OauthClient(String id, UserId owner, String name, List<RedirectUri> redirects, Instant createdAt) {

    public OauthClient {
        redirects = List.copyOf(redirects);
    }

    /// Whether a code may go there.
    public boolean redirectsTo(String uri) {
        return redirects.stream().anyMatch(redirect -> redirect.matches(uri));
    }
}
