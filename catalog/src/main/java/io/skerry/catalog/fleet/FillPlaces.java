package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.Shares;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// Databases that one node fills at once, and those of one organization among them. Each keeps a read transaction of
/// its original open, and writes as fast as the log takes it. Thread-safe.
final class FillPlaces {

    static final int MAX = 4;
    static final int PER_ORGANIZATION_MAX = 2;

    private final Shares<String> places = new Shares<>(MAX, PER_ORGANIZATION_MAX);
    private volatile Function<GroupId, Optional<OrganizationId>> owners = group -> Optional.empty();

    /// @param now answers whose a group is; a group that is nobody's counts by itself
    void owners(Function<GroupId, Optional<OrganizationId>> now) {
        owners = now;
    }

    /// Fills a database of the group on the calling thread.
    ///
    /// @throws DatabaseException OVERLOADED if there is no place for it; or what `work` threw
    void fill(GroupId group, Runnable work) {
        String owner = owners.apply(group).map(OrganizationId::toString).orElseGet(group::toString);
        fill(owner, () -> {
            work.run();
            return owner;
        });
    }

    /// As above.
    ///
    /// @param owner whose the database is
    <T> T fill(String owner, Supplier<T> work) {
        return switch (places.tryAcquire(owner)) {
            case PERMIT -> {
                try {
                    yield work.get();
                } finally {
                    places.release(owner);
                }
            }
            case SHARE_TAKEN -> throw full(PER_ORGANIZATION_MAX + " databases of this organization");
            case ALL_TAKEN -> throw full(MAX + " databases");
        };
    }

    private static DatabaseException full(String what) {
        return new DatabaseException(Code.OVERLOADED, "the node fills " + what + " already; try again");
    }
}
