package io.skerry.catalog.organization;

import java.util.Locale;

/// What a member may do in an organization, from most to least.
public enum Role {
    OWNER,
    ADMIN,
    MEMBER,
    VIEWER;

    /// As the API and the tables write it.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Role parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
