package io.skerry.engine.query;

import io.skerry.engine.DatabaseId;
import java.util.Map;

/// Which other databases of its group a token may attach. Immutable.
///
/// @param all every one of the group
/// @param databases those that the token names, each with the version of its key that the grant goes with; 0 for
///     any version
public record AttachGrants(boolean all, Map<DatabaseId, Long> databases) {

    public static final AttachGrants NONE = new AttachGrants(false, Map.of());
    public static final AttachGrants ALL = new AttachGrants(true, Map.of());

    public AttachGrants {
        databases = Map.copyOf(databases);
    }

    /// Whether nothing at all is granted.
    public boolean none() {
        return !all && databases.isEmpty();
    }

    /// @param keyVersion the present one of the database's key
    public boolean include(DatabaseId database, long keyVersion) {
        var version = databases.get(database);
        return all || (version != null && (version == 0 || version == keyVersion));
    }
}
