package io.skerry.hrana.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.skerry.engine.query.ResultSink;
import io.skerry.engine.query.Session;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The frame of a pipeline's answer around its results: call [#begin], then for each request one of the others, then
/// [#end].
public final class ResponseWriter {

    private static final byte[] BATON = bytes("{\"baton\":");
    private static final byte[] RESULTS = bytes(",\"base_url\":null,\"results\":[");
    private static final byte[] END = bytes("]}");
    private static final byte[] EXECUTE = bytes("{\"type\":\"ok\",\"response\":{\"type\":\"execute\",\"result\":");
    private static final byte[] BATCH = bytes("{\"type\":\"ok\",\"response\":{\"type\":\"batch\",\"result\":");
    private static final byte[] AUTOCOMMIT =
            bytes("{\"type\":\"ok\",\"response\":{\"type\":\"get_autocommit\",\"is_autocommit\":");
    private static final byte[] DESCRIBE =
            bytes("{\"type\":\"ok\",\"response\":{\"type\":\"describe\",\"result\":{\"params\":[");
    private static final byte[] PLAIN = bytes("{\"type\":\"ok\",\"response\":{\"type\":\"");
    private static final byte[] PLAIN_END = bytes("\"}}");
    private static final byte[] OK_END = bytes("}}");
    private static final byte[] ERROR = bytes("{\"type\":\"error\",\"error\":");

    private final JsonBuffer out;
    private boolean any;
    private int mark;

    public ResponseWriter(JsonBuffer out) {
        this.out = out;
    }

    public void begin(@Nullable String baton) {
        out.raw(BATON);
        if (baton == null) {
            out.raw(bytes("null"));
        } else {
            out.string(baton);
        }
        out.raw(RESULTS);
    }

    public void end() {
        out.raw(END);
    }

    /// The caller writes the result behind this and calls [#endResult], or [#error] if there is none.
    public void beginExecute() {
        next();
        out.raw(EXECUTE);
    }

    public void beginBatch() {
        next();
        out.raw(BATCH);
    }

    public void endResult() {
        out.raw(OK_END);
    }

    /// The result begun last is an error; what was written of it is dropped.
    public void failResult(HranaError error) {
        out.truncate(mark);
        out.raw(ERROR);
        error(out, error);
        out.raw('}');
    }

    /// The next result is an error.
    public void error(HranaError error) {
        next();
        failResult(error);
    }

    /// A response that has nothing but its type.
    public void plain(String type) {
        next();
        out.raw(PLAIN).raw(bytes(type)).raw(PLAIN_END);
    }

    public void autocommit(boolean autocommit) {
        next();
        out.raw(AUTOCOMMIT).raw(bytes(autocommit ? "true" : "false")).raw(OK_END);
    }

    public void describe(Session.Description description) {
        next();
        out.raw(DESCRIBE);
        List<@Nullable String> params = description.params();
        for (int i = 0; i < params.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.raw(bytes("{\"name\":"));
            nullable(params.get(i));
            out.raw('}');
        }
        out.raw(bytes("],\"cols\":["));
        List<ResultSink.Column> columns = description.columns();
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                out.raw(',');
            }
            out.raw(bytes("{\"name\":")).string(columns.get(i).name()).raw(bytes(",\"decltype\":"));
            nullable(columns.get(i).decltype());
            out.raw('}');
        }
        out.raw(bytes("],\"is_explain\":" + description.isExplain()));
        out.raw(bytes(",\"is_readonly\":" + description.isReadonly() + "}"));
        out.raw(OK_END);
    }

    /// A whole result as another node wrote it.
    public void passOn(byte[] json, int from, int length) {
        next();
        out.raw(json, from, length);
    }

    static void error(JsonBuffer out, HranaError error) {
        out.raw(bytes("{\"message\":"))
                .string(error.message())
                .raw(bytes(",\"code\":"))
                .string(error.code())
                .raw('}');
    }

    private void nullable(@Nullable String text) {
        if (text == null) {
            out.raw(bytes("null"));
        } else {
            out.string(text);
        }
    }

    private void next() {
        if (any) {
            out.raw(',');
        }
        any = true;
        mark = out.size();
    }

    private static byte[] bytes(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }
}
