package io.skerry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class StoppingPortsTest {

    private static final String LISTENER = WebServer.class.getPackageName() + ".ServerListener";

    private final StoppingPorts filter = new StoppingPorts();

    private FilterReply decide(String logger, Throwable thrown) {
        return filter.decide(new LoggingEvent(
                "",
                new LoggerContext().getLogger(logger),
                Level.ERROR,
                "Executor rejected handler for new connection",
                thrown,
                null));
    }

    @Test
    void aClientThatComesWhileThePortClosesIsNoError() {
        assertThat(decide(LISTENER, new RejectedExecutionException())).isEqualTo(FilterReply.DENY);
    }

    @Test
    void anyOtherErrorIsTold() {
        assertThat(decide(LISTENER, new IOException("no descriptor is left"))).isEqualTo(FilterReply.NEUTRAL);
        assertThat(decide("io.skerry.server.Service", new RejectedExecutionException()))
                .isEqualTo(FilterReply.NEUTRAL);
    }
}
