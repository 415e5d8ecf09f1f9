package io.skerry.catalog.organization;

import java.util.Locale;

/// @param slug its name in URLs and host names; unique
/// @param planId and planTimeline empty where nothing is billed
public record Organization(
        OrganizationId id,
        String name,
        String slug,
        Type type,
        boolean overages,
        boolean requireMfa,
        boolean blockedReads,
        boolean blockedWrites,
        String planId,
        String planTimeline) {

    public enum Type {
        PERSONAL,
        TEAM;

        /// As the API and the tables write it.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One that nothing was said about but its names.
    public static Organization named(OrganizationId id, String name, String slug, Type type) {
        return new Organization(id, name, slug, type, false, false, false, false, "", "");
    }
}
