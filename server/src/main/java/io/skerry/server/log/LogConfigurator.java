package io.skerry.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Sets up Logback without its XML file (reading one costs a tenth of a second at each start): everything
/// goes to standard error, libraries speak from WARN on.
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    private static final String OURS = "io.skerry";

    /// Called by Logback before the first line is written.
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger(OURS).setLevel(Level.INFO);
        // It warns of every member that starts, lags or stops; what a person must know of that, our raft
        // module says.
        context.getLogger("org.apache.ratis").setLevel(Level.ERROR);
        install(context, LogFormat.TEXT);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        // Below this a java.util.logging call costs nothing; the bridge would otherwise format each one.
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /// Applies the settings of a process that starts.
    public static void apply(LogFormat format, String level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(OURS).setLevel(Level.toLevel(level));
            install(context, format);
        }
    }

    private static void install(LoggerContext context, LogFormat format) {
        LineLayout layout = new LineLayout(format);
        layout.setContext(context);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.addFilter(new PassingMembers());
        appender.addFilter(new StoppingPorts());
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
