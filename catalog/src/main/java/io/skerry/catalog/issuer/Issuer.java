package io.skerry.catalog.issuer;

/// @param url where its key set (JWKS, RFC 7517) is
public record Issuer(String name, String url) {}
