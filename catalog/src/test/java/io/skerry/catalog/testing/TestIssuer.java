package io.skerry.catalog.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.jsonwebtoken.security.PublicJwk;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.skerry.catalog.issuer.KeySource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/// An issuer of tokens outside the platform: its keys, its key set, and how often that was asked for.
public final class TestIssuer implements KeySource {

    private final Map<String, PublicJwk<?>> published = new LinkedHashMap<>();
    private final Map<String, KeyPair> pairs = new LinkedHashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile String failure = "";

    /// Makes a key for the algorithm and publishes it.
    public TestIssuer publish(String id, SignatureAlgorithm algorithm) {
        KeyPair pair = algorithm.keyPair().build();
        pairs.put(id, pair);
        published.put(
                id,
                Jwks.builder().key(pair.getPublic()).id(id).publicKeyUse("sig").build());
        return this;
    }

    public void withdraw(String id) {
        published.remove(id);
    }

    /// From now on its key set cannot be had; empty for that it can.
    public void fail(String why) {
        failure = why;
    }

    public int fetches() {
        return fetches.get();
    }

    /// A token that names the key, without claims yet.
    public JwtBuilder token(String keyId, SignatureAlgorithm algorithm) {
        return Jwts.builder().header().keyId(keyId).and().signWith(pair(keyId).getPrivate(), algorithm);
    }

    public KeyPair pair(String keyId) {
        return Objects.requireNonNull(pairs.get(keyId), keyId);
    }

    /// The document at its address.
    public byte[] document() {
        try {
            return new ObjectMapper()
                    .writeValueAsString(Map.of("keys", List.copyOf(published.values())))
                    .getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] fetch(URI url) throws IOException {
        fetches.incrementAndGet();
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
        return document();
    }
}
