package io.skerry.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The specification and the program say the same.
class LogFormatPageTest {

    private static final Path PAGE = Path.of("..", "docs", "log-format.md");

    @Test
    void theWorkedExampleIsWhatTheEncoderWrites() throws IOException {
        byte[] base = new byte[512];
        byte[] image = base.clone();
        put(image, 100, "one row");
        put(image, 300, "another");
        try (var encoder = new EntryEncoder()) {
            encoder.begin(Example.transaction(299, 512, 3));
            encoder.ranges(2, base, 0, image, 0);
            byte[] entry = encoder.finish().getFirst();
            assertThat(HexFormat.of().formatHex(entry)).isEqualTo(hexOf("example-entry"));
        }
        var decoded = (LogEntry.Pages) LogEntry.decode(HexFormat.of().parseHex(hexOf("example-entry")));
        decoded.pages().getFirst().applyTo(base);
        assertThat(base).isEqualTo(image);
    }

    /// The first column of the code block that is marked with `name`.
    private static String hexOf(String name) throws IOException {
        var block = Pattern.compile("```text " + name + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(PAGE));
        assertThat(block.find()).as(name).isTrue();
        var hex = new StringBuilder();
        block.group(1).lines().forEach(line -> hex.append(line.split("  ", 2)[0].replace(" ", "")));
        return hex.toString();
    }

    private static void put(byte[] page, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, page, at, bytes.length);
    }
}
