package io.skerry.hrana.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skerry.engine.query.Condition;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.ValueRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever goes in comes out: the encoders against Jackson, the reader against the writer.
class CodecProperties {

    private final PipelineReader reader =
            new PipelineReader(HranaSettings.defaults().requests());

    @Property
    void textOfRowsReadsBack(@ForAll("texts") String text) throws IOException {
        JsonBuffer out = JsonBuffer.uncounted(1);
        out.text(new ValueRow(List.of(text.getBytes(StandardCharsets.UTF_8))), 0);

        assertThat(string(out)).isEqualTo(text);
    }

    @Property
    void stringsReadBack(@ForAll("texts") String text) throws IOException {
        assertThat(string(JsonBuffer.uncounted(1).string(text))).isEqualTo(text);
    }

    @Property
    void bytesAreUtf8ExactlyIfTheJdkSaysSo(@ForAll("almostUtf8") byte[] bytes) {
        boolean valid;
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            valid = true;
        } catch (CharacterCodingException e) {
            valid = false;
        }
        assertThat(JsonText.escapesIn(bytes, 0, bytes.length) != JsonText.INVALID)
                .isEqualTo(valid);
    }

    @Property
    void blobsReadBackUnpadded(@ForAll byte[] blob) throws IOException {
        String inPlace = string(JsonBuffer.uncounted(1).base64String(blob));

        assertThat(inPlace).isEqualTo(Base64.getEncoder().withoutPadding().encodeToString(blob));
    }

    @Property
    void integersAreDecimal(@ForAll long value) {
        assertThat(text(JsonBuffer.uncounted(1).number(value))).isEqualTo(Long.toString(value));
    }

    @Property
    void realsReadBackExactly(@ForAll long bits) throws IOException {
        double value = Double.longBitsToDouble(bits);
        String json = text(JsonBuffer.uncounted(1).real(value));

        if (Double.isFinite(value)) {
            try (JsonParser parser = new JsonFactory().createParser(json)) {
                assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_NUMBER_FLOAT);
                assertThat(Double.doubleToLongBits(Double.parseDouble(json))).isEqualTo(Double.doubleToLongBits(value));
            }
        } else {
            assertThat(json).isEqualTo("null");
        }
    }

    @Property(tries = 300)
    void aProgramPassedOnArrivesAsItWas(
            @ForAll("texts") String sql, @ForAll("values") List<Value> args, @ForAll boolean wantRows)
            throws IOException {
        List<Sql.NamedArg> named =
                args.stream().map(value -> new Sql.NamedArg("n" + sql, value)).toList();
        Condition condition = new Condition.Or(List.of(
                new Condition.And(List.of()),
                new Condition.Not(new Condition.Ok(0)),
                new Condition.Failed(0),
                new Condition.IsAutocommit()));
        Sql statement = new Sql(sql, args, named, wantRows);
        Program program =
                new Program(List.of(new Program.Step(null, statement), new Program.Step(condition, statement)));
        JsonBuffer out = JsonBuffer.uncounted(1);
        RequestWriter writer = new RequestWriter(out);
        writer.begin(null);
        writer.batch(program);
        writer.end();

        Pipeline read = reader.read(out.array(), out.size());

        StreamRequest.Batch batch = (StreamRequest.Batch) read.requests().getFirst();
        for (int i = 0; i < 2; i++) {
            StreamRequest.Step step = batch.steps().get(i);
            assertThat(step.condition()).isEqualTo(program.steps().get(i).condition());
            assertThat(step.statement().sql().text()).isEqualTo(sql);
            assertThat(step.statement().wantRows()).isEqualTo(wantRows);
            assertSame(step.statement().args(), args);
            assertSame(
                    step.statement().namedArgs().stream()
                            .map(Sql.NamedArg::value)
                            .toList(),
                    args);
        }
    }

    private static void assertSame(List<Value> read, List<Value> written) {
        assertThat(read).hasSameSizeAs(written);
        for (int i = 0; i < read.size(); i++) {
            if (written.get(i) instanceof Value.Blob(byte[] blob)) {
                assertThat(((Value.Blob) read.get(i)).value()).isEqualTo(blob);
            } else {
                assertThat(read.get(i)).isEqualTo(written.get(i));
            }
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<Integer> codePoints = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(0x20, 0x7e)),
                net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(0, 0x1f)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of((int) '"', (int) '\\', 0x7f, 0x80)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0x80, 0xd7ff)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0xe000, 0x10ffff)));
        return codePoints.list().ofMaxSize(60).map(points -> {
            StringBuilder text = new StringBuilder();
            points.forEach(text::appendCodePoint);
            return text.toString();
        });
    }

    @Provide
    Arbitrary<byte[]> almostUtf8() {
        Arbitrary<byte[]> whole = texts().map(text -> text.getBytes(StandardCharsets.UTF_8));
        Arbitrary<Byte> high = Arbitraries.integers().between(0x80, 0xff).map(Integer::byteValue);
        Arbitrary<byte[]> broken = net.jqwik.api.Combinators.combine(
                        whole, high, Arbitraries.integers().greaterOrEqual(0))
                .as((bytes, b, at) -> {
                    byte[] changed = Arrays.copyOf(bytes, bytes.length + 1);
                    changed[at % changed.length] = b;
                    return changed;
                });
        Arbitrary<byte[]> highs = Arbitraries.integers()
                .between(0x80, 0xff)
                .list()
                .ofMaxSize(5)
                .map(list -> {
                    byte[] bytes = new byte[list.size()];
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[i] = list.get(i).byteValue();
                    }
                    return bytes;
                });
        return Arbitraries.oneOf(whole, broken, highs);
    }

    @Provide
    Arbitrary<List<Value>> values() {
        Arbitrary<Value> any = Arbitraries.oneOf(
                Arbitraries.just(Value.NULL),
                Arbitraries.longs().map(Value.Int::new),
                Arbitraries.doubles().map(Value.Real::new),
                texts().map(Value.Text::new),
                Arbitraries.bytes().array(byte[].class).map(Value.Blob::new));
        return any.list().ofMaxSize(8);
    }

    private static String text(JsonBuffer out) {
        return new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
    }

    private static String string(JsonBuffer out) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(out.array(), 0, out.size())) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_STRING);
            String text = parser.getText();
            assertThat(parser.nextToken()).isNull();
            return text;
        }
    }
}
