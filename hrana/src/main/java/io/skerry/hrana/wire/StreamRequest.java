package io.skerry.hrana.wire;

import io.skerry.engine.query.Condition;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One request of a pipeline as the client sent it. `minFrame` is its `replication_index`, 0 if absent.
public sealed interface StreamRequest {

    record Close() implements StreamRequest {}

    record Execute(Statement statement) implements StreamRequest {}

    record Batch(List<Step> steps, long minFrame) implements StreamRequest {}

    record Sequence(SqlText sql, long minFrame) implements StreamRequest {}

    record Describe(SqlText sql, long minFrame) implements StreamRequest {}

    record StoreSql(int id, String text) implements StreamRequest {}

    record CloseSql(int id) implements StreamRequest {}

    record GetAutocommit() implements StreamRequest {}

    record Step(@Nullable Condition condition, Statement statement) {}

    record Statement(SqlText sql, List<Value> args, List<Sql.NamedArg> namedArgs, boolean wantRows, long minFrame) {}

    /// A text, or the id of one that `store_sql` stored.
    record SqlText(@Nullable String text, int id) {}
}
