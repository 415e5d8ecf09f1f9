package io.skerry.catalog.upload;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;

/// For whom an upload was made; nobody else can use it.
public sealed interface UploadOwner {

    /// Of a dump: its database is yet to be created.
    record OfOrganization(OrganizationId organization) implements UploadOwner {}

    /// Of a database file: the database that waits for it.
    record OfDatabase(DatabaseId database) implements UploadOwner {}
}
