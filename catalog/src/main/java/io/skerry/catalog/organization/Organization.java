package io.skerry.catalog.organization;

/// @param slug its name in URLs and host names; unique
public record Organization(
        OrganizationId id,
        String name,
        String slug,
        Type type,
        boolean overages,
        boolean requireMfa,
        boolean blockedReads,
        boolean blockedWrites) {

    public enum Type {
        PERSONAL,
        TEAM
    }
}
