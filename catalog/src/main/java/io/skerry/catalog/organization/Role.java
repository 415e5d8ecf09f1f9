package io.skerry.catalog.organization;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

    /// As it may come from outside; empty if there is no such role.
    public static Optional<Role> find(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }

    static Role parse(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
