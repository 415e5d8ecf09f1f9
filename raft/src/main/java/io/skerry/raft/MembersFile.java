package io.skerry.raft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ratis' file of a group's members. A full disk leaves it empty as it does [TermFile], and a start goes by the
/// log then, as long as that has the entry which names them.
final class MembersFile {

    private static final Logger LOG = LoggerFactory.getLogger(MembersFile.class);

    private static final String NAME = "raft-meta.conf";

    private MembersFile() {}

    /// Makes one that is empty anew: before the log is let go of, which may be all that names the members.
    ///
    /// @param log Ratis' storage of the group
    static void mend(Path log, RaftConfiguration members) throws IOException {
        Path file = log.resolve("current").resolve(NAME);
        if (!Files.exists(file) || Files.size(file) > 0) {
            return;
        }
        DurableFile.replace(
                file,
                LogProtoUtils.toLogEntryProto(members, null, members.getLogEntryIndex())
                        .toByteArray());
        LOG.warn("{} was empty, as a full disk leaves it: it has the members of today now", file);
    }
}
