package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JsonToken;
import io.skerry.engine.query.Condition;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import io.skerry.hrana.HranaSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Statements, batches and their conditions.
final class BatchReader {

    private final JsonReader json;
    private final HranaSettings.Requests limits;
    private final ValueReader values;
    private int conditions;

    BatchReader(JsonReader json, HranaSettings.Requests limits) {
        this.json = json;
        this.limits = limits;
        this.values = new ValueReader(json);
    }

    StreamRequest.Statement statement() throws IOException {
        json.expectObject("stmt");
        String text = null;
        Integer id = null;
        List<Value> args = List.of();
        List<Sql.NamedArg> namedArgs = List.of();
        boolean wantRows = true;
        long minFrame = 0;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "sql" -> text = json.optionalString("sql");
                case "sql_id" -> id = json.isNull() ? null : (Integer) json.int32("sql_id");
                case "args" -> args = values.positional();
                case "named_args" -> namedArgs = values.named();
                case "want_rows" -> wantRows = json.isNull() || json.bool("want_rows");
                case "replication_index" -> minFrame = json.frame("replication_index");
                default -> json.skip();
            }
        }
        return new StreamRequest.Statement(sqlText(text, id), args, namedArgs, wantRows, minFrame);
    }

    static StreamRequest.SqlText sqlText(@Nullable String text, @Nullable Integer id) {
        if (text != null && id != null) {
            throw Refusal.protocol("Invalid request: sql and sql_id cannot both be given");
        }
        if (text == null && id == null) {
            throw Refusal.protocol("Invalid request: one of sql and sql_id must be given");
        }
        return new StreamRequest.SqlText(text, id == null ? 0 : id);
    }

    StreamRequest.Batch batch() throws IOException {
        json.expectObject("batch");
        conditions = 0;
        List<StreamRequest.Step> steps = null;
        long minFrame = 0;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "steps" -> steps = steps();
                case "replication_index" -> minFrame = json.frame("replication_index");
                default -> json.skip();
            }
        }
        if (steps == null) {
            throw Refusal.protocol("Invalid request: a batch needs steps");
        }
        return new StreamRequest.Batch(steps, minFrame);
    }

    private List<StreamRequest.Step> steps() throws IOException {
        json.expectArray("steps");
        List<StreamRequest.Step> steps = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            if (steps.size() == limits.stepsPerBatchMax()) {
                throw Refusal.protocol("Invalid request: a batch has more than " + steps.size() + " steps");
            }
            steps.add(step(steps.size()));
        }
        return steps;
    }

    private StreamRequest.Step step(int index) throws IOException {
        json.expectObject("a step");
        Condition condition = null;
        StreamRequest.Statement statement = null;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "condition" -> condition = json.isNull() ? null : condition(index, 1);
                case "stmt" -> statement = statement();
                default -> json.skip();
            }
        }
        if (statement == null) {
            throw Refusal.protocol("Invalid request: a step needs stmt");
        }
        return new StreamRequest.Step(condition, statement);
    }

    /// @param step the step that the condition stands before
    private Condition condition(int step, int depth) throws IOException {
        json.expectObject("a condition");
        if (depth > limits.conditionDepthMax()) {
            throw Refusal.protocol("Invalid request: a condition is nested deeper than " + limits.conditionDepthMax());
        }
        if (++conditions > limits.conditionsPerBatchMax()) {
            throw Refusal.protocol("Invalid request: a batch has too many conditions");
        }
        String type = null;
        int reference = -1;
        Condition inner = null;
        List<Condition> list = null;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "type" -> type = json.string("type");
                case "step" -> reference = json.isNull() ? -1 : json.int32("step");
                case "cond" -> inner = json.isNull() ? null : condition(step, depth + 1);
                case "conds" -> list = json.isNull() ? null : conditions(step, depth + 1);
                default -> json.skip();
            }
        }
        return switch (type) {
            case "ok" -> new Condition.Ok(earlier(reference, step));
            case "error" -> new Condition.Failed(earlier(reference, step));
            case "not" -> new Condition.Not(required(inner, "a condition of type not needs cond"));
            case "and" -> new Condition.And(required(list, "a condition of type and needs conds"));
            case "or" -> new Condition.Or(required(list, "a condition of type or needs conds"));
            case "is_autocommit" -> new Condition.IsAutocommit();
            case null -> throw Refusal.protocol("Invalid request: a condition needs a type");
            default -> throw Refusal.protocol("Invalid request: unknown type of condition: " + type);
        };
    }

    private List<Condition> conditions(int step, int depth) throws IOException {
        json.expectArray("conds");
        List<Condition> list = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            list.add(condition(step, depth));
        }
        return list;
    }

    private static int earlier(int reference, int step) {
        if (reference < 0 || reference >= step) {
            throw Refusal.protocol("Invalid reference to step in a batch condition");
        }
        return reference;
    }

    private static <T> T required(@Nullable T part, String message) {
        if (part == null) {
            throw Refusal.protocol("Invalid request: " + message);
        }
        return part;
    }
}
