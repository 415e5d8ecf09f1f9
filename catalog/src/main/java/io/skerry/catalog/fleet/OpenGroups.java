package io.skerry.catalog.fleet;

import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which groups are open on this node: those that its own copy of the catalog does not call archived. What it says is
/// read and followed in one step for each group, so that orders which arrive late, or twice, do no harm, and nothing
/// has to be remembered: a node that was away, or died on the way, comes to the same state by looking again.
///
/// Of a group that the catalog does not name it decides nothing. Thread-safe.
public final class OpenGroups {

    private static final Logger LOG = LoggerFactory.getLogger(OpenGroups.class);

    private final Replication replication;
    private final Supplier<Database> catalog;
    private final KeyedLocks<GroupId> settling = new KeyedLocks<>();

    /// @param catalog this node's copy, whatever it is at the moment
    OpenGroups(Replication replication, Supplier<Database> catalog) {
        this.replication = replication;
        this.catalog = catalog;
    }

    public static OpenGroups of(Replication replication) {
        return new OpenGroups(
                replication,
                () -> replication
                        .group(SystemGroup.GROUP)
                        .flatMap(system -> system.store().database(SystemGroup.DATABASE))
                        .orElseThrow(() -> new DatabaseException(Code.UNAVAILABLE, "this node has no catalog (yet)")));
    }

    /// The groups that the catalog calls archived, wherever they are.
    Set<GroupId> archived() {
        return Set.copyOf(read(Groups::archived));
    }

    /// Brings all groups to what the catalog says.
    ///
    /// @param limit of each
    /// @throws DatabaseException the last of what failed, when the others have been seen to
    void settle(Duration limit) {
        Set<GroupId> archived = archived();
        Set<GroupId> wrong = new HashSet<>();
        replication.groups().stream()
                .map(ReplicatedGroup::id)
                .filter(archived::contains)
                .forEach(wrong::add);
        replication.archived().stream().filter(id -> !archived.contains(id)).forEach(wrong::add);
        DatabaseException failed = null;
        for (GroupId group : wrong) {
            try {
                settle(group, limit);
            } catch (DatabaseException e) {
                LOG.warn("group {} is neither open nor archived as it should be; tried again: {}", group, e.toString());
                failed = e;
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /// Brings one group to what the catalog says.
    ///
    /// @return whether it is to be open, and its writes are taken here
    boolean settle(GroupId group, Duration limit) {
        return settling.with(group, () -> {
            Optional<Group> known = read(sql -> Groups.byId(sql, group));
            if (known.isEmpty()) {
                return false;
            }
            if (known.get().archived()) {
                replication.archive(group, limit);
                return false;
            }
            replication.unarchive(group, limit);
            return read(sql -> Groups.nodes(sql, group, known.get().primary())).contains(replication.self());
        });
    }

    /// Deletes the group here or sets it aside, while it is neither opened nor closed.
    void alone(GroupId group, Runnable work) {
        settling.with(group, () -> {
            work.run();
            return group;
        });
    }

    private <T> T read(Function<Sql, T> work) {
        return catalog.get().read(connection -> work.apply(new Sql(connection)));
    }
}
