package io.skerry.server.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/// One event, one line. Whatever looks like a token is blotted out here, whoever wrote it.
final class LineLayout extends LayoutBase<ILoggingEvent> {

    private final LogFormat format;

    LineLayout(LogFormat format) {
        this.format = format;
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        String message = Secrets.blotOut(event.getFormattedMessage());
        String trace = event.getThrowableProxy() == null
                ? ""
                : Secrets.blotOut(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        Map<String, String> values = new LinkedHashMap<>(event.getMDCPropertyMap());
        if (event.getKeyValuePairs() != null) {
            for (KeyValuePair pair : event.getKeyValuePairs()) {
                values.put(pair.key, Secrets.blotOut(String.valueOf(pair.value)));
            }
        }
        return switch (format) {
            case TEXT -> text(event, message, values, trace);
            case JSON -> json(event, message, values, trace);
        };
    }

    private static String text(ILoggingEvent event, String message, Map<String, String> values, String trace) {
        StringBuilder line = new StringBuilder(160)
                .append(time(event))
                .append(' ')
                .append("%-5s".formatted(event.getLevel()))
                .append(' ')
                .append(shortName(event.getLoggerName()))
                .append(": ")
                .append(oneLine(message));
        values.forEach((key, value) -> line.append(' ').append(key).append('=').append(oneLine(value)));
        line.append(System.lineSeparator());
        if (!trace.isEmpty()) {
            line.append(trace).append(System.lineSeparator());
        }
        return line.toString();
    }

    private static String json(ILoggingEvent event, String message, Map<String, String> values, String trace) {
        StringBuilder line = new StringBuilder(200).append('{');
        member(line, "time", time(event).toString());
        member(line.append(','), "level", event.getLevel().toString());
        member(line.append(','), "logger", event.getLoggerName());
        member(line.append(','), "thread", event.getThreadName());
        member(line.append(','), "message", message);
        values.forEach((key, value) -> member(line.append(','), key, value));
        if (!trace.isEmpty()) {
            member(line.append(','), "trace", trace);
        }
        return line.append('}').append(System.lineSeparator()).toString();
    }

    private static Instant time(ILoggingEvent event) {
        return event.getInstant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String shortName(String logger) {
        return logger.substring(logger.lastIndexOf('.') + 1);
    }

    /// A line break in a message (a user's SQL, say) must not look like a line of its own.
    private static String oneLine(String text) {
        return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
                ? text
                : text.replace("\r", "\\r").replace("\n", "\\n");
    }

    private static void member(StringBuilder line, String key, String value) {
        quote(line, key);
        line.append(':');
        quote(line, value);
    }

    private static void quote(StringBuilder line, String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (c < ' ') {
                        line.append("\\u%04x".formatted((int) c));
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }
}
