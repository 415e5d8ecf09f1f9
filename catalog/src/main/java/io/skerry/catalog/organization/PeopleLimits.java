package io.skerry.catalog.organization;

/// How much people may have of what costs the catalog a row.
///
/// @param tokensPerUser API tokens of one user
public record PeopleLimits(int tokensPerUser) {

    public static final PeopleLimits DEFAULT = new PeopleLimits(1_000);
}
