package io.skerry.server.config;

import io.skerry.server.life.StartException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Shares out the file descriptors that the operating system lets this process have: a process that runs out of them
/// opens no database, and loses its ports. So all that it may open at once fits, and what is set too high is lowered.
///
/// @param settings with what had to be lowered
/// @param node the share of each node of the process
/// @param temporaryFiles of all statements
/// @param warning says what was lowered, and what to raise
public record DescriptorBudget(
        Configuration settings, DescriptorShare node, int temporaryFiles, Optional<String> warning) {

    /// Of the process: the JVM with its libraries and jars, its log, what it waits for sockets with.
    static final int PROCESS = 192;
    /// Of a node: locks, ports, its connections to the others for the logs, its catalog, copies of databases and
    /// what maintenance has open for a moment.
    static final int NODE = 64;
    /// Of a group: the segment of its log, the lock on it, and one that is being read or written beside.
    static final int GROUP = 3;
    /// Of a database in use: the file and its WAL, three times each.
    static final int DATABASE = 6;

    /// Part of the limit that nobody is given: files that are open for a moment in a request.
    private static final int SPARE_PART = 20;
    /// Of the descriptors of databases, the log has a part for itself.
    private static final int LOG_PART = 8;
    /// Databases get what the others leave, and no less than this part.
    private static final int DATABASES_PART = 3;

    private static final int DATABASES_MIN = 8 * DATABASE;
    private static final int CONNECTIONS_MIN = 16;
    private static final int GROUPS_MIN = 4;
    private static final int UPLOADS_MIN = 4;
    private static final int TEMPORARY_MIN = 8;
    private static final int TEMPORARY_MAX = 256;

    /// @param limit of the process ([io.skerry.sqlite.FileDescriptors#max])
    /// @param nodes in the process
    /// @param groups that a node has already: they will be opened
    /// @throws StartException if nothing can run with so few
    public static DescriptorBudget of(Configuration settings, long limit, int nodes, int groups) throws StartException {
        Wish wish = Wish.of(settings, groups);
        long node = node(limit, nodes);
        if (node < wish.least()) {
            long least = limit(wish.least(), nodes);
            throw new StartException("the process may have " + limit + " files and sockets open, and skerry needs "
                    + least + " at least for " + count(nodes, "node") + " with "
                    + count(Math.max(groups, GROUPS_MIN), "group")
                    + ": raise the limit (ulimit -n " + least + ", or LimitNOFILE=" + least + ")");
        }
        Granted granted = wish.granted(node);
        List<String> lowered = new ArrayList<>();
        Configuration fitted = settings;
        fitted = lower(fitted, Settings.OPEN_DATABASES, granted.openDatabases, lowered);
        fitted = lower(fitted, Settings.CONNECTIONS, granted.connections, lowered);
        fitted = lower(fitted, Settings.GROUPS_PER_NODE, granted.groups, lowered);
        return new DescriptorBudget(
                fitted,
                new DescriptorShare(granted.databases, granted.nodeConnections, granted.handedOn, granted.uploads),
                granted.temporaryFiles * nodes,
                warning(lowered, limit, limit(wish.all(), nodes)));
    }

    /// What of the limit is for one node.
    private static long node(long limit, int nodes) {
        return (limit - limit / SPARE_PART - PROCESS) / nodes - NODE;
    }

    /// The limit of which a node gets so much.
    private static long limit(long node, int nodes) {
        long used = (node + NODE) * nodes + PROCESS;
        return used + used / (SPARE_PART - 1) + 1;
    }

    private static Configuration lower(
            Configuration settings, Setting<Integer> setting, int granted, List<String> lowered) {
        int wanted = settings.get(setting);
        if (granted >= wanted) {
            return settings;
        }
        lowered.add(setting.name() + " from " + wanted + " to " + granted);
        return settings.with(setting, granted);
    }

    private static Optional<String> warning(List<String> lowered, long limit, long wanted) {
        return lowered.isEmpty()
                ? Optional.empty()
                : Optional.of("the process may have " + limit + " files and sockets open, and its settings need "
                        + wanted + ": lowered " + String.join(", ", lowered) + ". Raise the limit (ulimit -n " + wanted
                        + ", or LimitNOFILE=" + wanted + "), or set less");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private record Granted(
            int databases,
            int openDatabases,
            int connections,
            int nodeConnections,
            int handedOn,
            int uploads,
            int groups,
            int temporaryFiles) {}

    /// What one node has a use for.
    private record Wish(int openDatabases, int connections, int groups, int groupsMin) {

        static Wish of(Configuration settings, int present) {
            int groups = settings.get(Settings.GROUPS_PER_NODE);
            return new Wish(
                    settings.get(Settings.OPEN_DATABASES),
                    settings.get(Settings.CONNECTIONS),
                    Math.max(groups, present),
                    Math.max(present, Math.min(groups, GROUPS_MIN)));
        }

        private long connectionsMin() {
            return Math.min(connections, CONNECTIONS_MIN);
        }

        /// Beside its databases.
        private long others() {
            return connections
                    + DescriptorShare.AMPLE.nodeConnections()
                    + 2L * DescriptorShare.AMPLE.handedOn()
                    + DescriptorShare.AMPLE.uploads()
                    + (long) GROUP * groups
                    + TEMPORARY_MAX;
        }

        private long othersMin() {
            return connectionsMin() + 3L * CONNECTIONS_MIN + UPLOADS_MIN + (long) GROUP * groupsMin + TEMPORARY_MIN;
        }

        long all() {
            long databases = (long) DATABASE * openDatabases;
            return others() + databases + databases / (LOG_PART - 1) + 1;
        }

        long least() {
            return Math.max(othersMin() + DATABASES_MIN, (long) DATABASES_MIN * DATABASES_PART);
        }

        Granted granted(long node) {
            long databases = Math.max(node - others(), Math.max(DATABASES_MIN, node / DATABASES_PART));
            databases = Math.min(databases, node - othersMin());
            // Of what others want beyond the least, each gets the same part.
            double part = Math.min(1, (double) (node - databases - othersMin()) / (others() - othersMin()));
            long open = (databases - databases / LOG_PART) / DATABASE;
            return new Granted(
                    (int) Math.min(databases, Integer.MAX_VALUE),
                    (int) Math.min(open, openDatabases),
                    between(connectionsMin(), connections, part),
                    between(CONNECTIONS_MIN, DescriptorShare.AMPLE.nodeConnections(), part),
                    between(CONNECTIONS_MIN, DescriptorShare.AMPLE.handedOn(), part),
                    between(UPLOADS_MIN, DescriptorShare.AMPLE.uploads(), part),
                    between(groupsMin, groups, part),
                    between(TEMPORARY_MIN, TEMPORARY_MAX, part));
        }

        private static int between(long least, long most, double part) {
            return (int) (least + (long) ((most - least) * part));
        }
    }
}
