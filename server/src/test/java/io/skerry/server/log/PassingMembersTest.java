package io.skerry.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import org.apache.ratis.protocol.exceptions.ServerNotReadyException;
import org.apache.ratis.util.OpenCloseState;
import org.junit.jupiter.api.Test;

class PassingMembersTest {

    private static final String RATIS = "org.apache.ratis.server.RaftServer$Division";

    private final PassingMembers filter = new PassingMembers();

    private FilterReply decide(String logger, Throwable thrown) {
        return filter.decide(new LoggingEvent(
                "", new LoggerContext().getLogger(logger), Level.ERROR, "Failed appendEntries", thrown, null));
    }

    @Test
    void whatMeetsAMemberThatIsBeingOpenedOrClosedIsLeftOut() throws IOException {
        OpenCloseState log = new OpenCloseState("log");
        log.open();
        log.close();

        assertThat(decide(RATIS, new ServerNotReadyException("lhr is starting")))
                .isEqualTo(FilterReply.DENY);
        assertThat(decide(RATIS, catchThrowable(log::assertOpen))).isEqualTo(FilterReply.DENY);
    }

    @Test
    void anyOtherErrorIsTold() {
        OpenCloseState log = new OpenCloseState("log");

        assertThat(decide(RATIS, catchThrowable(log::assertOpen))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide(RATIS, new IllegalStateException("damaged"))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("io.skerry.raft.RaftNode", new ServerNotReadyException("is starting")))
                .isEqualTo(FilterReply.NEUTRAL);
    }
}
