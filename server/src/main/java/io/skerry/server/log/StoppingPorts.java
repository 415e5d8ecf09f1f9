package io.skerry.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.concurrent.RejectedExecutionException;

/// Leaves out what Helidon calls an error and is none: a client that is accepted in the moment in which its port closes
/// is turned away. What Helidon serves clients with rejects none before it is shut down.
final class StoppingPorts extends Filter<ILoggingEvent> {

    private static final String LISTENER = "io.helidon.webserver.ServerListener";

    @Override
    public FilterReply decide(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        boolean stopping = thrown != null
                && event.getLoggerName().equals(LISTENER)
                && thrown.getClassName().equals(RejectedExecutionException.class.getName());
        return stopping ? FilterReply.DENY : FilterReply.NEUTRAL;
    }
}
