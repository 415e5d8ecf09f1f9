package io.skerry.engine.query;

/// What a session may do.
///
/// @param readOnly statements that write are refused with NOT_AUTHORIZED: the token does not allow them
public record SessionOptions(boolean readOnly) {

    public static final SessionOptions FULL = new SessionOptions(false);
    public static final SessionOptions READ_ONLY = new SessionOptions(true);
}
