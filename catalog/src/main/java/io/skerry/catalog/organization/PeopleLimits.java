package io.skerry.catalog.organization;

/// How much people may have of what costs the catalog a row.
///
/// @param tokensPerUser API tokens of one user
/// @param organizationsPerUser organizations that one user owns
/// @param membersPerOrganization people in one organization
/// @param invitesPerOrganization invitations of one organization that wait for an answer; of the accepted ones as
///     many are remembered
public record PeopleLimits(
        int tokensPerUser, int organizationsPerUser, int membersPerOrganization, int invitesPerOrganization) {

    public static final PeopleLimits DEFAULT = new PeopleLimits(1_000, 100, 1_000, 1_000);
}
