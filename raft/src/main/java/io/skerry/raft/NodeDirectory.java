package io.skerry.raft;

import io.skerry.engine.GroupId;
import io.skerry.engine.file.DeletedDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The directory of one node, before its server starts.
final class NodeDirectory {

    private static final Pattern DAMAGED = Pattern.compile("([0-9a-f-]{36})-\\d+");

    private NodeDirectory() {}

    /// Ties the directory to the node. A directory that served under another id holds that node's votes.
    static void claim(Path directory, NodeId node) throws IOException {
        Path file = directory.resolve("node");
        if (Files.exists(file)) {
            String owner = Files.readString(file).strip();
            if (!owner.equals(node.value())) {
                throw new IOException(directory + " belongs to node " + owner + ", not to " + node);
            }
            return;
        }
        Path fresh = directory.resolve("node.new");
        Files.writeString(fresh, node.value() + "\n");
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Reads every group's log and moves aside the directory of one that is damaged.
    ///
    /// @param severalVoters whether groups may have more than one voter
    /// @return what is wrong with each group that was moved aside, now or earlier, and is not back
    static Map<GroupId, String> moveDamaged(Path directory, boolean severalVoters) throws IOException {
        var trouble = new HashMap<GroupId, String>();
        Path logs = directory.resolve("log");
        Path aside = directory.resolve("damaged");
        if (Files.isDirectory(aside)) {
            try (var earlier = Files.newDirectoryStream(aside)) {
                for (Path moved : earlier) {
                    Matcher name = DAMAGED.matcher(moved.getFileName().toString());
                    if (name.matches() && !Files.exists(logs.resolve(name.group(1)))) {
                        var group = GroupId.parse(name.group(1));
                        trouble.put(group, line(group, "its log was found damaged earlier", moved));
                    }
                }
            }
        }
        try (var all = Files.newDirectoryStream(logs)) {
            for (Path log : all) {
                Optional<GroupId> group = groupOf(log);
                if (group.isPresent()) {
                    moveIfDamaged(directory, group.get(), severalVoters)
                            .ifPresent(line -> trouble.put(group.get(), line));
                }
            }
        }
        return trouble;
    }

    /// The same for one group. A term that was lost is mended where it can be.
    static Optional<String> moveIfDamaged(Path directory, GroupId group, boolean severalVoters) throws IOException {
        Path log = directory.resolve("log").resolve(group.toString());
        try {
            LogFiles.read(log.resolve("current"));
            if (severalVoters && TermFile.isLost(log)) {
                throw new IOException("it is not known any more whom this node has given its vote");
            }
        } catch (IOException e) {
            return Optional.of(
                    line(group, e.getMessage(), DeletedDirectories.moveInto(directory.resolve("damaged"), log)));
        }
        TermFile.mend(log); // not within the above: a disk without room damages nothing
        return Optional.empty();
    }

    private static String line(GroupId group, @Nullable String what, Path moved) {
        return "group " + group + " is stopped on this node: its log is damaged (" + what + "). It was moved to "
                + moved + ". Remove this node from the group and add it again; if it is the only voter, restore the"
                + " group, or put the directory back after repairing it";
    }

    /// The group whose storage a directory is by its name.
    static Optional<GroupId> groupOf(Path log) {
        try {
            return Optional.of(GroupId.parse(log.getFileName().toString()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
