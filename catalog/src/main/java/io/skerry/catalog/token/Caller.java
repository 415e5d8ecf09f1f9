package io.skerry.catalog.token;

import io.skerry.catalog.organization.User;

/// Whose token a request of the control plane showed.
public record Caller(User user, ApiToken token) {}
