package io.skerry.platform;

/// How often somebody may ask.
///
/// @param requestsPerSecond with one token, on one node; as many may come at once
/// @param wrongTokensPerMinute from one address; after that only tokens that were good before are looked at
public record RateLimits(int requestsPerSecond, int wrongTokensPerMinute) {

    public static final RateLimits DEFAULT = new RateLimits(2_000, 30);
}
