package io.skerry.catalog.issuer;

import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The public keys of a JWKS document (RFC 7517) by their ids, as far as tokens can be signed with them.
record KeySet(Map<String, IssuerKey> keys) {

    private static final int KEYS_MAX = 100;
    private static final int RSA_BITS_MIN = 2_048;

    KeySet {
        keys = Map.copyOf(keys);
    }

    /// @throws IOException if it is no key set
    static KeySet parse(byte[] document) throws IOException {
        Map<String, IssuerKey> keys = new HashMap<>();
        try {
            for (Jwk<?> jwk : Jwks.setParser()
                    .build()
                    .parse(new String(document, StandardCharsets.UTF_8))
                    .getKeys()) {
                if (jwk instanceof PublicJwk<?> open && jwk.getId() != null && signs(open)) {
                    keys.put(jwk.getId(), new IssuerKey(open.toKey(), jwk.getAlgorithm()));
                }
            }
        } catch (RuntimeException e) {
            throw new IOException("what is there is not a key set", e); // of whatever kind: it came from outside
        }
        if (keys.size() > KEYS_MAX) {
            throw new IOException("the key set has more than " + KEYS_MAX + " keys");
        }
        return new KeySet(keys);
    }

    private static boolean signs(PublicJwk<?> jwk) {
        boolean other = jwk.getPublicKeyUse() != null && !jwk.getPublicKeyUse().equals("sig");
        PublicKey key = jwk.toKey();
        return !other && !(key instanceof RSAKey rsa && rsa.getModulus().bitLength() < RSA_BITS_MIN);
    }

    Optional<IssuerKey> find(String id) {
        return Optional.ofNullable(keys.get(id));
    }
}
