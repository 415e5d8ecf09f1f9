package io.skerry.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;

/// Leaves out what Ratis calls an error and is none: a leader that sends something to a member which is just being
/// opened there, as after a group was archived. It is sent again a moment later.
final class StartingMembers extends Filter<ILoggingEvent> {

    private static final String RATIS = "org.apache.ratis.";
    private static final String NOT_READY = RATIS + "protocol.exceptions.ServerNotReadyException";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        boolean starting = thrown != null
                && event.getLoggerName().startsWith(RATIS)
                && thrown.getClassName().equals(NOT_READY);
        return starting ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
