package io.skerry.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;

/// Leaves out what Ratis calls an error and is none: a leader sends something to a member which is just being opened
/// or closed there, as where a group is archived and brought back. Where it is opened, it is sent again a moment later.
final class PassingMembers extends Filter<ILoggingEvent> {

    private static final String RATIS = "org.apache.ratis.";
    private static final String OPENED = RATIS + "protocol.exceptions.ServerNotReadyException";
    private static final String CLOSED = RATIS + "util.OpenCloseState$CloseTrace";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        boolean passing = thrown != null
                && event.getLoggerName().startsWith(RATIS)
                && (is(thrown, OPENED) || is(thrown.getCause(), CLOSED));
        return passing ? FilterReply.DENY : FilterReply.NEUTRAL;
    }

    private static boolean is(@Nullable IThrowableProxy thrown, String type) {
        return thrown != null && thrown.getClassName().equals(type);
    }
}
