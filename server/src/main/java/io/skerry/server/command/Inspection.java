package io.skerry.server.command;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.database.Databases;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.server.Node;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks the databases of nodes that run, and says what it found. One thread.
final class Inspection {

    private final Catalog catalog;
    private final PrintStream out;
    private final Set<GroupId> archived = new HashSet<>();
    private int checked;
    private int damaged;

    /// @param catalog the newest there is
    Inspection(Catalog catalog, PrintStream out) {
        this.catalog = catalog;
        this.out = out;
    }

    void check(Node node) {
        archived.addAll(node.archivedGroups());
        for (ReplicatedGroup group : node.groups()) {
            group.trouble().ifPresent(trouble -> report(node, "group " + group.id(), List.of(trouble)));
            for (DatabaseId id : group.store().databases()) {
                group.store().database(id).ifPresent(database -> check(node, group.id(), database));
            }
        }
    }

    private void check(Node node, GroupId group, Database database) {
        if (!isNamed(group, database.id())) {
            leftOver(node, database.id());
            return;
        }
        List<String> found;
        try {
            found = database.integrityCheck();
        } catch (DatabaseException e) {
            if (!isNamed(group, database.id())) {
                leftOver(node, database.id()); // by now
                return;
            }
            found = List.of(String.valueOf(e.getMessage()));
        }
        checked++;
        if (!found.equals(List.of("ok"))) {
            report(node, "database " + database.id(), found);
        }
    }

    /// A node drops the others once it leads: what they hold may be half of what it was to be.
    private boolean isNamed(GroupId group, DatabaseId id) {
        return group.equals(SystemGroup.GROUP)
                || catalog.read(sql -> Databases.activeIn(sql, group)).contains(id);
    }

    private void leftOver(Node node, DatabaseId id) {
        out.println(node.location() + ": database " + id
                + ": left by an interrupted creation or deletion, and not checked; it is dropped at the next start");
    }

    private void report(Node node, String what, List<String> found) {
        damaged++;
        out.println(node.location() + ": " + what + ":");
        found.forEach(line -> out.println("  " + line));
    }

    /// @return whether nothing was damaged
    boolean summarize() {
        out.printf("%d databases checked, %d damaged%n", checked, damaged);
        if (!archived.isEmpty()) {
            out.printf(
                    "%d archived groups were left out: what is archived is checked when it is in use again%n",
                    archived.size());
        }
        return damaged == 0;
    }
}
