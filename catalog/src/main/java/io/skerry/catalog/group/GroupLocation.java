package io.skerry.catalog.group;

import io.skerry.catalog.location.LocationCode;
import java.util.UUID;

/// A location of a group.
///
/// @param instance what the API calls the uuid of every database's instance there
public record GroupLocation(LocationCode code, UUID instance) {}
