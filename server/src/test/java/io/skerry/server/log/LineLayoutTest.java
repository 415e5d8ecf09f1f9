package io.skerry.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineLayoutTest {

    private static final String JWT = "eyJhbGciOiJFZERTQSJ9.eyJhIjoicncifQ.c2lnbmF0dXJl";

    @Test
    void aTextLineHasItsValuesAtTheEnd() {
        assertThat(line(LogFormat.TEXT, "group is up", null, new KeyValuePair("group", "g1")))
                .matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z INFO  Node: group is up group=g1\\R");
    }

    @Test
    void aLineBreakInAMessageMakesNoSecondLine() {
        assertThat(line(LogFormat.TEXT, "SELECT 1\n2026 ERROR forged\r", null).lines())
                .hasSize(1);
    }

    @Test
    void jsonIsOneObjectWhateverIsInIt() throws Exception {
        String message = "quote \" backslash \\ break \n bell \u0007 end";
        JsonNode json = new ObjectMapper()
                .readTree(line(LogFormat.JSON, message, new IllegalStateException("x"), new KeyValuePair("k", 1)));
        assertThat(json.path("message").asText()).isEqualTo(message);
        assertThat(json.path("k").asText()).isEqualTo("1");
        assertThat(json.path("trace").asText()).contains("IllegalStateException: x");
    }

    @Test
    void whatLooksLikeASecretIsBlottedOut() {
        for (LogFormat format : LogFormat.values()) {
            String text = line(
                    format,
                    "refused " + JWT + " and Bearer abcdefghijklmnop",
                    new IllegalStateException("skerry_k5l2Q9_Up0UdKtwDkkhiZ"),
                    new KeyValuePair("header", "Basic dXNlcjpwYXNzd29yZA=="));
            assertThat(text)
                    .doesNotContain(JWT)
                    .doesNotContain("abcdefghijklmnop")
                    .doesNotContain("k5l2Q9")
                    .doesNotContain("dXNlcjpwYXNz")
                    .contains("[secret]");
        }
    }

    private static String line(LogFormat format, String message, @Nullable Throwable thrown, KeyValuePair... values) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        LoggingEvent event = new LoggingEvent(
                LineLayoutTest.class.getName(),
                context.getLogger("io.skerry.server.Node"),
                Level.INFO,
                message,
                thrown,
                null);
        event.setKeyValuePairs(List.of(values));
        return new LineLayout(format).doLayout(event);
    }
}
