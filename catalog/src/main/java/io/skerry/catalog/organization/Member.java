package io.skerry.catalog.organization;

/// A user in an organization.
public record Member(UserId user, String username, String email, Role role) {}
