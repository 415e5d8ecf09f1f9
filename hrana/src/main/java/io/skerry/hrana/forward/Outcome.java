package io.skerry.hrana.forward;

/// What became of a pipeline that was sent to another node.
public sealed interface Outcome {

    /// @param json whether the body is JSON; text otherwise
    /// @param frame the database's newest frame over there, after all that the pipeline did; 0 if not told
    @SuppressWarnings("ArrayRecordComponent")
    record Answered(int status, boolean json, byte[] body, long frame) implements Outcome {}

    /// It certainly did not arrive: nothing happened there.
    record NotSent(String reason) implements Outcome {}

    /// It was sent and no answer came: it may have run, wholly or in part.
    record Lost(String reason) implements Outcome {}
}
