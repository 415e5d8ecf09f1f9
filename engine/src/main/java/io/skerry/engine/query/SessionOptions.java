package io.skerry.engine.query;

/// What a session may do.
///
/// @param readOnly statements that write are refused with NOT_AUTHORIZED: the token does not allow them
/// @param permissions what a statement does beyond them is refused with PERMISSION_DENIED
public record SessionOptions(boolean readOnly, Permissions permissions) {

    public static final SessionOptions FULL = new SessionOptions(false, Permissions.ALL);
    public static final SessionOptions READ_ONLY = new SessionOptions(true, Permissions.ALL);
}
