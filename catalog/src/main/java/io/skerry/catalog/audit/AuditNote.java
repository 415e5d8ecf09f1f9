package io.skerry.catalog.audit;

import io.skerry.catalog.organization.OrganizationId;

/// What the log is told of something that is no change of the catalog: that a dump was uploaded to a node, that a
/// change was refused. Nodes send it to each other.
///
/// @param target, message see [Audit#record]
/// @param result `ok`, or the status that a refusal was answered with
public record AuditNote(
        OrganizationId organization, Actor actor, Action action, String target, String message, String result) {}
