package io.skerry.catalog.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The SHA-256 of a token: what is stored and what caches are keyed by, so that no token lies in memory or on
/// disk longer than its request. Tokens carry 128 random bits or more, so a slow hash would add nothing.
@SuppressWarnings("ArrayRecordComponent")
public record TokenHash(byte[] bytes) {

    /// Never used itself, only copied: to look the algorithm up among the JDK's providers costs as much as to
    /// hash a token.
    private static final MessageDigest SHA_256 = sha256();

    public static TokenHash of(String token) {
        return new TokenHash(fresh().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest fresh() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Takes the same time wherever the first difference is.
    @Override
    public boolean equals(Object other) {
        return other instanceof TokenHash that && MessageDigest.isEqual(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "TokenHash";
    }
}
