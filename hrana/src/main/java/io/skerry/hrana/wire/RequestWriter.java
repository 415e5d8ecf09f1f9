package io.skerry.hrana.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.skerry.engine.query.Condition;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a pipeline as a client would: [#begin], its requests, [#end]. What [PipelineReader] reads from it is what
/// was written.
public final class RequestWriter {

    private final JsonBuffer out;
    private boolean any;

    public RequestWriter(JsonBuffer out) {
        this.out = out;
    }

    public void begin(@Nullable String baton) {
        raw("{\"baton\":");
        if (baton == null) {
            raw("null");
        } else {
            out.string(baton);
        }
        raw(",\"requests\":[");
    }

    public void end() {
        raw("]}");
    }

    public void execute(Program program) {
        next();
        raw("{\"type\":\"execute\",\"stmt\":");
        sql(program.steps().getFirst().sql());
        raw("}");
    }

    public void batch(Program program) {
        next();
        raw("{\"type\":\"batch\",\"batch\":{\"steps\":[");
        for (int i = 0; i < program.steps().size(); i++) {
            Program.Step step = program.steps().get(i);
            raw(i > 0 ? ",{" : "{");
            Condition condition = step.condition();
            if (condition != null) {
                raw("\"condition\":");
                condition(condition);
                raw(",");
            }
            raw("\"stmt\":");
            sql(step.sql());
            raw("}");
        }
        raw("]}}");
    }

    /// A request of this type with a SQL text.
    public void text(String type, String sql) {
        next();
        raw("{\"type\":\"" + type + "\",\"sql\":");
        out.string(sql);
        raw("}");
    }

    /// A request that has nothing but its type.
    public void plain(String type) {
        next();
        raw("{\"type\":\"" + type + "\"}");
    }

    private void sql(Sql sql) {
        raw("{\"sql\":");
        out.string(sql.text());
        raw(",\"want_rows\":" + sql.wantRows());
        if (!sql.args().isEmpty()) {
            raw(",\"args\":[");
            for (int i = 0; i < sql.args().size(); i++) {
                comma(i);
                value(sql.args().get(i));
            }
            raw("]");
        }
        if (!sql.namedArgs().isEmpty()) {
            raw(",\"named_args\":[");
            for (int i = 0; i < sql.namedArgs().size(); i++) {
                comma(i);
                raw("{\"name\":");
                out.string(sql.namedArgs().get(i).name());
                raw(",\"value\":");
                value(sql.namedArgs().get(i).value());
                raw("}");
            }
            raw("]");
        }
        raw("}");
    }

    private void value(Value value) {
        switch (value) {
            case Value.Null() -> raw("{\"type\":\"null\"}");
            case Value.Int(long v) -> {
                raw("{\"type\":\"integer\",\"value\":\"");
                out.number(v);
                raw("\"}");
            }
            case Value.Real(double v) -> {
                raw("{\"type\":\"float\",\"value\":");
                out.real(v);
                raw("}");
            }
            case Value.Text(String v) -> {
                raw("{\"type\":\"text\",\"value\":");
                out.string(v);
                raw("}");
            }
            case Value.Blob(byte[] v) -> {
                raw("{\"type\":\"blob\",\"base64\":");
                out.base64String(v);
                raw("}");
            }
        }
    }

    private void condition(Condition condition) {
        switch (condition) {
            case Condition.Ok(int step) -> raw("{\"type\":\"ok\",\"step\":" + step + "}");
            case Condition.Failed(int step) -> raw("{\"type\":\"error\",\"step\":" + step + "}");
            case Condition.Not(Condition inner) -> {
                raw("{\"type\":\"not\",\"cond\":");
                condition(inner);
                raw("}");
            }
            case Condition.And(List<Condition> all) -> conditions("and", all);
            case Condition.Or(List<Condition> some) -> conditions("or", some);
            case Condition.IsAutocommit() -> raw("{\"type\":\"is_autocommit\"}");
        }
    }

    private void conditions(String type, List<Condition> list) {
        raw("{\"type\":\"" + type + "\",\"conds\":[");
        for (int i = 0; i < list.size(); i++) {
            comma(i);
            condition(list.get(i));
        }
        raw("]}");
    }

    private void next() {
        comma(any ? 1 : 0);
        any = true;
    }

    private void comma(int index) {
        if (index > 0) {
            out.raw(',');
        }
    }

    private void raw(String ascii) {
        out.raw(ascii.getBytes(ISO_8859_1));
    }
}
