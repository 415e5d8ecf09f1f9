package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens and closes the groups of a node whenever its copy of the catalog has changed, on a thread of its own.
public final class GroupFollower implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GroupFollower.class);

    /// For one group.
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /// Between two looks: many changes that follow each other are one.
    private static final Duration GATHER = Duration.ofMillis(20);
    /// After a group could not be opened or closed.
    private static final Duration AGAIN = Duration.ofSeconds(1);
    /// Without a change, in case that something else closed or opened a group.
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final Catalog catalog;
    private final OpenGroups groups;
    private final Runnable archived;
    private final Thread thread;
    private Set<GroupId> known = Set.of();

    private GroupFollower(Catalog catalog, OpenGroups groups, Runnable archived) {
        this.catalog = catalog;
        this.groups = groups;
        this.archived = archived;
        this.thread = Thread.ofVirtual().name("group-follower").unstarted(this::run);
    }

    /// @param catalog of this node
    /// @param archived called when groups were archived since the last call, before they are closed here: ends what
    ///     is open of them for clients
    public static GroupFollower start(Catalog catalog, OpenGroups groups, Runnable archived) {
        GroupFollower follower = new GroupFollower(catalog, groups, archived);
        follower.thread.start();
        return follower;
    }

    private void run() {
        try {
            while (true) {
                FrameNo seen = catalog.frame();
                Thread.sleep(look() && awaitChange(seen) ? GATHER : AGAIN);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitChange(FrameNo seen) {
        try {
            catalog.awaitFrame(seen.plus(1), PERIOD);
            return true;
        } catch (DatabaseException e) {
            LOG.debug("the catalog's next change cannot be waited for", e);
            return false;
        } catch (RuntimeException e) {
            LOG.error("the catalog's next change cannot be waited for", e); // to end here would be to follow no more
            return false;
        }
    }

    private boolean look() {
        try {
            Set<GroupId> now = groups.archived();
            if (!known.containsAll(now)) {
                // First: an open transaction would hold up the end of its database.
                archived.run();
            }
            known = now;
            groups.settle(LIMIT);
            return true;
        } catch (DatabaseException e) {
            LOG.debug("groups could not be opened or closed as the catalog says; tried again", e);
            return false;
        } catch (RuntimeException e) {
            LOG.error("groups could not be opened or closed as the catalog says; tried again", e);
            return false;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
