package io.skerry.catalog.issuer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.RSAKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The public keys of a JWKS document (RFC 7517) by their ids, as far as tokens can be signed with
/// them.
record KeySet(Map<String, IssuerKey> keys) {

    private static final Logger LOG = LoggerFactory.getLogger(KeySet.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KEYS_MAX = 100;
    private static final int RSA_BITS_MIN = 2_048;

    KeySet {
        keys = Map.copyOf(keys);
    }

    /// Keys of a kind that is not known here are left out.
    ///
    /// @throws IOException if it is no key set
    static KeySet parse(byte[] document) throws IOException {
        JsonNode list;
        try {
            list = JSON.readTree(document).path("keys");
        } catch (JsonProcessingException e) {
            throw new IOException("what is there is not JSON", e);
        }
        if (!list.isArray() || list.size() > KEYS_MAX) {
            throw new IOException("what is there is not a key set of at most " + KEYS_MAX + " keys");
        }
        Map<String, IssuerKey> keys = new HashMap<>();
        for (JsonNode member : list) {
            if (read(member) instanceof PublicJwk<?> jwk && jwk.getId() != null && signs(jwk)) {
                keys.put(jwk.getId(), new IssuerKey(jwk.toKey(), jwk.getAlgorithm()));
            }
        }
        return new KeySet(keys);
    }

    private static @Nullable Jwk<?> read(JsonNode member) {
        try {
            return Jwks.parser().build().parse(member.toString());
        } catch (RuntimeException e) {
            LOG.debug("A key of a key set is left out", e); // of whatever kind: it came from outside
            return null;
        }
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
