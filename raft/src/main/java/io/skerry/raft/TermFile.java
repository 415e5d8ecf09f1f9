package io.skerry.raft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ratis' file of a group's term, and of whom this node has given its vote in it. Ratis writes another file
/// and puts it in its place also if the disk had no room for its content: an empty file is left, with which
/// Ratis starts neither the group nor the node.
final class TermFile {

    private static final Logger LOG = LoggerFactory.getLogger(TermFile.class);

    private static final String NAME = "raft-meta";
    private static final String TERM = "term";
    private static final String VOTE = "votedFor";

    private TermFile() {}

    /// Whether there is one, and it says nothing.
    ///
    /// @param log Ratis' storage of one group, which does not run
    static boolean isLost(Path log) throws IOException {
        Path file = log.resolve("current").resolve(NAME);
        if (!Files.exists(file)) {
            return false;
        }
        var known = new Properties();
        try (var in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            known.load(in);
        }
        return known.getProperty(TERM) == null || known.getProperty(VOTE) == null;
    }

    /// Makes one that was lost anew, with the newest term that the log knows and without a vote; else does
    /// nothing. Durable when this returns.
    ///
    /// Only for groups with one voter: another would have to know whether this node has voted. The one that
    /// there is stands for election in a later term than any of its entries, and who does not vote takes the
    /// term that it hears of.
    static void mend(Path log) throws IOException {
        if (!isLost(log)) {
            return;
        }
        Path current = log.resolve("current");
        long marked = SnapshotMark.read(log.resolve("sm"))
                .map(mark -> mark.at().getTerm())
                .orElse(0L);
        long term = Math.max(LogFiles.read(current).term(), marked);
        String text = TERM + "=" + term + "\n" + VOTE + "=\n";
        DurableFile.replace(current.resolve(NAME), text.getBytes(StandardCharsets.UTF_8));
        LOG.warn("{} was empty, as a full disk leaves it: it has term {} of the log now", current.resolve(NAME), term);
    }
}
