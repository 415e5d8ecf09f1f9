package io.skerry.hrana.pipeline;

import io.skerry.engine.query.Program;
import io.skerry.hrana.forward.ForwardedStream;
import io.skerry.hrana.forward.Outcome;
import io.skerry.hrana.wire.Answer;
import io.skerry.hrana.wire.HranaError;
import io.skerry.hrana.wire.JsonBuffer;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.RequestWriter;
import io.skerry.hrana.wire.ResponseWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sends a plan to the node that takes it and passes its results on.
///
/// A plan is sent once. Only where it certainly did nothing is it sent again: when the stream there expired while
/// nothing was open in it.
final class RemoteRun {

    private static final int CAPACITY_INITIAL = 1024;

    private final ForwardedStream remote;
    private final @Nullable String authorization;
    private final boolean mayWrite;
    private final ResponseWriter response;

    /// @param mayWrite whether an answer that does not come leaves a doubt
    RemoteRun(ForwardedStream remote, @Nullable String authorization, boolean mayWrite, ResponseWriter response) {
        this.remote = remote;
        this.authorization = authorization;
        this.mayWrite = mayWrite;
        this.response = response;
    }

    /// @param attaching what is sent before the plan, which is not sent if any of it fails; nobody sees its
    ///     results otherwise
    /// @return a frame that includes all that the plan wrote, 0 if none is known
    /// @throws Refusal what the other node answered if it was none of results
    long run(List<Action> attaching, Plan plan) {
        int sent = 0;
        for (Action action : plan.actions()) {
            sent += isSent(action) ? 1 : 0;
        }
        if (sent == 0) {
            answerAll(plan, null);
            return 0;
        }
        if (!attaching.isEmpty() && !attach(attaching, plan)) {
            return 0;
        }
        Outcome outcome = sendOnce(plan.actions(), !plan.closes());
        return switch (outcome) {
            case Outcome.Answered(int status, boolean ignored, byte[] body, long frame)
            when status == 200 -> Math.max(frame, passOn(plan, sent, body));
            case Outcome.Answered answered -> refused(plan, answered);
            case Outcome.NotSent(String reason) -> failAll(plan, HranaError.proxy(reason));
            case Outcome.Lost(String reason) -> failAll(plan, lost(reason));
        };
    }

    /// @return false if that failed: the plan is answered with why
    private boolean attach(List<Action> attaching, Plan plan) {
        switch (sendOnce(attaching, false)) {
            case Outcome.Answered(int status, boolean ignored, byte[] body, long frame)
            when status == 200 -> {
                return attached(plan, body);
            }
            case Outcome.Answered answered -> refused(plan, answered);
            case Outcome.NotSent(String reason) -> failAll(plan, HranaError.proxy(reason));
            case Outcome.Lost(String reason) -> failAll(plan, HranaError.proxy(reason));
        }
        return false;
    }

    private boolean attached(Plan plan, byte[] body) {
        Answer answer;
        try {
            answer = Answer.read(body);
        } catch (IOException | NumberFormatException e) {
            failAll(plan, HranaError.proxy("its answer cannot be read"));
            return false;
        }
        for (Answer.Slice result : answer.results()) {
            if (result.failed()) {
                remote.abandon();
                remote.forget();
                for (Action action : plan.actions()) {
                    if (isSent(action) && !(action instanceof Action.Close)) {
                        response.passOn(body, result.from(), result.length());
                    } else {
                        answerHere(action);
                    }
                }
                return false;
            }
        }
        remote.goOn(answer.baton(), remote.autocommit());
        return true;
    }

    private Outcome sendOnce(List<Action> actions, boolean asksAutocommit) {
        Outcome outcome = send(actions, asksAutocommit);
        if (isStale(outcome)) {
            remote.forget();
            outcome = send(actions, asksAutocommit);
        }
        return outcome;
    }

    /// @param asksAutocommit tells whether later reads may run here again
    private Outcome send(List<Action> actions, boolean asksAutocommit) {
        JsonBuffer body = JsonBuffer.uncounted(CAPACITY_INITIAL);
        RequestWriter writer = new RequestWriter(body);
        writer.begin(remote.baton());
        for (Action action : actions) {
            write(action, writer);
        }
        if (asksAutocommit) {
            writer.plain("get_autocommit");
        }
        writer.end();
        return remote.send(authorization, body.array(), body.size());
    }

    private static void write(Action action, RequestWriter writer) {
        switch (action) {
            case Action.Execute(Program program) -> writer.execute(program);
            case Action.Batch(Program program) -> writer.batch(program);
            case Action.Sequence(String script) -> writer.text("sequence", script);
            case Action.Describe(String sql) -> writer.text("describe", sql);
            case Action.GetAutocommit() -> writer.plain("get_autocommit");
            case Action.Close() -> writer.plain("close");
            case Action.Done ignored -> {}
            case Action.Refused ignored -> {}
        }
    }

    /// Stored texts were put in here; the other node never hears of them.
    private static boolean isSent(Action action) {
        return switch (action) {
            case Action.Done ignored -> false;
            case Action.Refused ignored -> false;
            case Action.Execute ignored -> true;
            case Action.Batch ignored -> true;
            case Action.Sequence ignored -> true;
            case Action.Describe ignored -> true;
            case Action.GetAutocommit ignored -> true;
            case Action.Close ignored -> true;
        };
    }

    /// The baton was refused, and with it everything: what the stream had there was nothing but its settings.
    private boolean isStale(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered
                && answered.status() == 400
                && remote.baton() != null
                && remote.autocommit()
                && !remote.sticky();
    }

    private long passOn(Plan plan, int sent, byte[] body) {
        Answer answer;
        try {
            answer = Answer.read(body);
        } catch (IOException | NumberFormatException e) {
            return failAll(plan, lost("its answer cannot be read"));
        }
        if (answer.results().size() != sent + (plan.closes() ? 0 : 1)) {
            return failAll(plan, lost("its answer has not as many results as there were requests"));
        }
        remote.goOn(answer.baton(), answer.autocommit());
        int next = 0;
        for (Action action : plan.actions()) {
            if (isSent(action)) {
                Answer.Slice slice = answer.results().get(next++);
                response.passOn(body, slice.from(), slice.length());
            } else {
                answerHere(action);
            }
        }
        return answer.maxFrame();
    }

    private long refused(Plan plan, Outcome.Answered answered) {
        int status = answered.status();
        if (status < 400 || status >= 500) {
            // 503 is a node that stops and refuses at its door. Other answers of this class come from a fault there
            // or from something between the nodes.
            String what = "it answered with HTTP status " + status;
            return failAll(plan, status == 503 ? HranaError.proxy(what) : lost(what));
        }
        remote.forget();
        throw Refusal.passedOn(status, answered.json(), new String(answered.body(), StandardCharsets.UTF_8));
    }

    private HranaError lost(String reason) {
        return mayWrite ? HranaError.outcomeUnknown(reason) : HranaError.proxy(reason);
    }

    /// The stream there, with whatever was open in it, is given up.
    private long failAll(Plan plan, HranaError error) {
        remote.abandon();
        remote.forget();
        answerAll(plan, error);
        return 0;
    }

    private void answerAll(Plan plan, @Nullable HranaError error) {
        for (Action action : plan.actions()) {
            if (error != null && isSent(action) && !(action instanceof Action.Close)) {
                response.error(error);
            } else {
                answerHere(action);
            }
        }
    }

    private void answerHere(Action action) {
        switch (action) {
            case Action.Done(String type) -> response.plain(type);
            case Action.Refused(HranaError error) -> response.error(error);
            case Action.Close() -> response.plain("close");
            case Action.Execute ignored -> throw notHere();
            case Action.Batch ignored -> throw notHere();
            case Action.Sequence ignored -> throw notHere();
            case Action.Describe ignored -> throw notHere();
            case Action.GetAutocommit ignored -> throw notHere();
        }
    }

    private static IllegalStateException notHere() {
        return new IllegalStateException("a request that must be sent is answered here");
    }
}
