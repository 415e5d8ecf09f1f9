package io.skerry.platform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Knows the forms that this cluster gave to a browser: each carries a value that is signed, good for a while, and
/// of no use without the cookie that came with it. Other sites can neither read the value nor have the cookie sent.
/// Thread-safe.
final class FormSeal {

    private static final String COOKIE = "skerry-form";
    /// A browser takes a cookie of such a name over TLS alone, and for this host alone (RFC 6265bis, 4.1.3.2). It is
    /// not in the way of the other one, which a server without TLS at another port of the same host has.
    private static final String TLS_COOKIE = "__Host-" + COOKIE;

    static final Duration LIFETIME = Duration.ofMinutes(30);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BROWSER_BYTES = 18;
    private static final Pattern BROWSER = Pattern.compile("[A-Za-z0-9_-]{24}");
    private static final Pattern SEAL = Pattern.compile("([0-9]{1,12})\\.([A-Za-z0-9_-]{43})");
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;
    private final Clock clock;

    /// @param secret that the nodes of the cluster share: a form of one may be sent to another
    FormSeal(String secret, Clock clock) {
        this.key = new SecretKeySpec(("forms of the sign-in\n" + secret).getBytes(StandardCharsets.UTF_8), ALGORITHM);
        this.clock = clock;
    }

    /// Name of the cookie.
    ///
    /// @param tls whether the browser comes over it
    static String cookie(boolean tls) {
        return tls ? TLS_COOKIE : COOKIE;
    }

    /// What the cookie says of the browser.
    ///
    /// @param header value of `Cookie`
    static Optional<String> browser(Optional<String> header, String name) {
        for (String cookie : header.orElse("").split(";", -1)) {
            String text = cookie.strip();
            if (text.startsWith(name + "=")) {
                return Optional.of(text.substring(name.length() + 1))
                        .filter(value -> BROWSER.matcher(value).matches());
            }
        }
        return Optional.empty();
    }

    static String newBrowser() {
        byte[] bytes = new byte[BROWSER_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// @param form which one it is
    String seal(String form, String browser) {
        long end = clock.instant().plus(LIFETIME).getEpochSecond();
        return end + "." + signature(form, browser, Long.toString(end));
    }

    /// Whether this cluster gave the form to this browser, not too long ago.
    boolean fits(String seal, String form, Optional<String> browser) {
        Matcher parts = SEAL.matcher(seal);
        if (browser.isEmpty() || !parts.matches()) {
            return false;
        }
        String expected = signature(form, browser.get(), parts.group(1));
        // In constant time, as for every secret.
        return MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.US_ASCII),
                        parts.group(2).getBytes(StandardCharsets.US_ASCII))
                && clock.instant().getEpochSecond() < Long.parseLong(parts.group(1));
    }

    private String signature(String form, String browser, String end) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] text = (form + "\n" + browser + "\n" + end).getBytes(StandardCharsets.UTF_8);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }
}
