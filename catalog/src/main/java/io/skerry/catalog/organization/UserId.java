package io.skerry.catalog.organization;

import java.util.UUID;

/// Names a user for life; the username may change.
public record UserId(UUID value) {

    @Override
    public String toString() {
        return value.toString();
    }
}
