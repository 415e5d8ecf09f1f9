package io.skerry.catalog.oauth;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;

/// Where the codes of a client may go (RFC 6749, section 3.1.2): https anywhere, http on the user's own machine only.
public record RedirectUri(String text) {

    private static final int LENGTH_MAX = 2_000;
    private static final int PORT_MAX = 65_535;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

    /// @throws CatalogException INVALID if no code may ever go there
    public static RedirectUri parse(String text) {
        URI uri = absolute(text)
                .orElseThrow(() -> new CatalogException(
                        INVALID,
                        "invalid redirect_uri: must be an absolute URI of at most " + LENGTH_MAX
                                + " characters, without a fragment and a user"));
        if (!uri.getScheme().equals("https") && !isLoopback(uri)) {
            throw new CatalogException(
                    INVALID, "invalid redirect_uri: must be https, or http at 127.0.0.1, [::1] or localhost");
        }
        return new RedirectUri(text);
    }

    /// Whether it is the same, character for character. On the user's own machine the port may be another: programs
    /// there take what is free (RFC 8252, section 7.3).
    boolean matches(String asked) {
        if (asked.equals(text)) {
            return true;
        }
        return absolute(text)
                .filter(RedirectUri::isLoopback)
                .flatMap(known -> absolute(asked)
                        .filter(RedirectUri::isLoopback)
                        .filter(uri -> withoutPort(uri).equals(withoutPort(known))))
                .isPresent();
    }

    private static Optional<URI> absolute(String text) {
        // Only ASCII, and no control characters: the text becomes a header of an answer.
        if (text.length() > LENGTH_MAX || !text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return Optional.empty();
        }
        try {
            URI uri = new URI(text).parseServerAuthority();
            boolean plain = uri.getScheme() != null
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= PORT_MAX;
            return plain ? Optional.of(uri) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static boolean isLoopback(URI uri) {
        return uri.getScheme().equals("http") && LOOPBACK.contains(uri.getHost());
    }

    private static String withoutPort(URI uri) {
        return uri.getHost() + uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    }
}
