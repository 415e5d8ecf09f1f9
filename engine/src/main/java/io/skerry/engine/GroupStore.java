package io.skerry.engine;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The databases of one group on this node, as their users see them. The log's view of the same thing is
/// [GroupState].
public interface GroupStore extends GroupState {

    /// The database, or empty if this node has not (yet) applied its creation.
    Optional<Database> database(DatabaseId id);

    Collection<DatabaseId> databases();

    /// One line for each database that cannot be used here: what stopped it and the way out, or what
    /// its rebuild waits for. Empty if all are well.
    List<String> troubles();

    /// Creates an empty database on every member, now and later. Returns once it can be used here. Creating one
    /// that exists changes nothing.
    ///
    /// @throws DatabaseException NOT_LEADER, OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN, UNAVAILABLE
    Database create(DatabaseId id);

    /// Deletes the database and its files on every member. Deleting one that does not exist changes nothing.
    void drop(DatabaseId id);
}
