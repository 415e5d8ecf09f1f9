package io.skerry.raft.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;

class PacedAppenderTest {

    private static AppendEntriesRequestProto request(long commit, long... entries) {
        var request = AppendEntriesRequestProto.newBuilder().setLeaderCommit(commit);
        for (long index : entries) {
            request.addEntries(LogEntryProto.newBuilder().setIndex(index));
        }
        return request.build();
    }

    @Test
    void aListenerIsSentNoEntryThatIsNotCommitted() {
        assertThat(PacedAppender.committed(request(6, 5, 6, 7, 8), 6)).isEqualTo(request(6, 5, 6));
        assertThat(PacedAppender.committed(request(8, 5, 6), 8)).isEqualTo(request(8, 5, 6));
        assertThat(PacedAppender.committed(request(4, 5, 6), 4)).isNull();
    }

    /// Ratis counts on from the entry before; from the log's begin where it does not know that.
    @Test
    void whatIsCommittedIsNotWhatARequestWithoutAnEntryBeforeSays() {
        assertThat(PacedAppender.committed(request(1, 5, 6, 7), 6)).isEqualTo(request(1, 5, 6));
    }
}
