package io.skerry.catalog;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.util.UUID;

/// The group and the database that hold the catalog; the same in every cluster, so that a node needs nobody to
/// tell it where the catalog is.
public final class SystemGroup {

    public static final GroupId GROUP = new GroupId(new UUID(0x7379_7374_656d_4000L, 0x8000_0000_0000_0001L));
    public static final DatabaseId DATABASE = new DatabaseId(new UUID(0x7379_7374_656d_4000L, 0x8000_0000_0000_0002L));

    private SystemGroup() {}
}
