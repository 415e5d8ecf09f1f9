package io.skerry.hrana.pipeline;

import io.skerry.engine.query.Program;
import io.skerry.engine.query.Sql;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.wire.HranaError;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.StreamRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A pipeline whose meaning on its stream is settled before anything of it runs: ids of stored texts are replaced by
/// the texts, and what the protocol forbids has been refused.
///
/// @param texts the stream's texts after the pipeline
/// @param minFrame the largest frame that a request asks for, 0 if none does
/// @param closes whether the stream ends with it
public record Plan(List<Action> actions, Map<Integer, String> texts, long minFrame, boolean closes) {

    /// @param texts the stream's texts before the pipeline
    /// @throws Refusal 400 for an unknown or doubly used id, and for statements behind `close`
    public static Plan of(List<StreamRequest> requests, Map<Integer, String> texts, HranaSettings.Streams limits) {
        return new Planning(texts, limits).plan(requests);
    }

    public static boolean closes(List<StreamRequest> requests) {
        for (StreamRequest request : requests) {
            if (request instanceof StreamRequest.Close) {
                return true;
            }
        }
        return false;
    }

    /// Whether something may be attached or detached on the way; some texts are thought to that do not.
    boolean attaches() {
        for (Action action : actions) {
            boolean may = switch (action) {
                case Action.Execute(Program program) -> attaches(program);
                case Action.Batch(Program program) -> attaches(program);
                case Action.Sequence(String script) -> mayAttach(script);
                case Action.Describe ignored -> false;
                case Action.GetAutocommit ignored -> false;
                case Action.Close ignored -> false;
                case Action.Done ignored -> false;
                case Action.Refused ignored -> false;
            };
            if (may) {
                return true;
            }
        }
        return false;
    }

    private static boolean attaches(Program program) {
        for (Program.Step step : program.steps()) {
            if (mayAttach(step.sql().text())) {
                return true;
            }
        }
        return false;
    }

    /// `ATTACH` or `DETACH`, wherever it stands.
    private static boolean mayAttach(String text) {
        for (int i = text.indexOf('T') < 0 && text.indexOf('t') < 0 ? text.length() : 0; i + 4 < text.length(); i++) {
            if (text.regionMatches(true, i, "TTACH", 0, 5) || text.regionMatches(true, i, "ETACH", 0, 5)) {
                return true;
            }
        }
        return false;
    }

    private static final class Planning {

        private final HranaSettings.Streams limits;
        private Map<Integer, String> texts;
        private boolean textsAreOurs;
        private long minFrame;
        private boolean closed;

        Planning(Map<Integer, String> texts, HranaSettings.Streams limits) {
            this.texts = texts;
            this.limits = limits;
        }

        Plan plan(List<StreamRequest> requests) {
            List<Action> actions = new ArrayList<>(requests.size());
            for (StreamRequest request : requests) {
                actions.add(action(request));
            }
            return new Plan(actions, texts, minFrame, closed);
        }

        private Action action(StreamRequest request) {
            return switch (request) {
                case StreamRequest.Execute(var statement) -> {
                    expectOpen();
                    yield new Action.Execute(Program.of(sql(statement)));
                }
                case StreamRequest.Batch(var steps, long frame) -> {
                    expectOpen();
                    minFrame = Math.max(minFrame, frame);
                    List<Program.Step> resolved = new ArrayList<>(steps.size());
                    for (StreamRequest.Step step : steps) {
                        resolved.add(new Program.Step(step.condition(), sql(step.statement())));
                    }
                    yield new Action.Batch(new Program(resolved));
                }
                case StreamRequest.Sequence(var sql, long frame) -> {
                    expectOpen();
                    minFrame = Math.max(minFrame, frame);
                    yield new Action.Sequence(text(sql));
                }
                case StreamRequest.Describe(var sql, long frame) -> {
                    expectOpen();
                    minFrame = Math.max(minFrame, frame);
                    yield new Action.Describe(text(sql));
                }
                case StreamRequest.GetAutocommit() -> {
                    expectOpen();
                    yield new Action.GetAutocommit();
                }
                case StreamRequest.StoreSql(int id, String text) -> store(id, text);
                case StreamRequest.CloseSql(int id) -> {
                    if (texts.containsKey(id)) {
                        ownTexts().remove(id);
                    }
                    yield new Action.Done("close_sql");
                }
                case StreamRequest.Close() -> {
                    closed = true;
                    yield new Action.Close();
                }
            };
        }

        private void expectOpen() {
            if (closed) {
                throw Refusal.protocol("Stream for this baton was closed");
            }
        }

        private Sql sql(StreamRequest.Statement statement) {
            minFrame = Math.max(minFrame, statement.minFrame());
            return new Sql(text(statement.sql()), statement.args(), statement.namedArgs(), statement.wantRows());
        }

        private String text(StreamRequest.SqlText sql) {
            String given = sql.text();
            if (given != null) {
                return given;
            }
            String stored = texts.get(sql.id());
            if (stored == null) {
                throw Refusal.protocol("SQL text " + sql.id() + " is not stored on this stream");
            }
            return stored;
        }

        private Action store(int id, String text) {
            if (texts.containsKey(id)) {
                throw Refusal.protocol("SQL text " + id + " is already stored on this stream");
            }
            if (texts.size() >= limits.textsMax()) {
                return new Action.Refused(HranaError.tooManyTexts(texts.size()));
            }
            int bytes = text.length() > limits.textBytesMax()
                    ? text.length()
                    : text.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > limits.textBytesMax()) {
                return new Action.Refused(HranaError.textTooLarge(bytes, limits.textBytesMax()));
            }
            ownTexts().put(id, text);
            return new Action.Done("store_sql");
        }

        /// The stream keeps its own texts until the whole pipeline is known to be good.
        private Map<Integer, String> ownTexts() {
            if (!textsAreOurs) {
                texts = new HashMap<>(texts);
                textsAreOurs = true;
            }
            return texts;
        }
    }
}
