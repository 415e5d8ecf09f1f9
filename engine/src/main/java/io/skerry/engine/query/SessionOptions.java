package io.skerry.engine.query;

/// What a session may do.
///
/// @param readOnly statements that write are refused with NOT_AUTHORIZED: the token does not allow them
/// @param permissions what a statement does beyond them is refused with PERMISSION_DENIED
/// @param attach what it may attach, as far as the token says
public record SessionOptions(boolean readOnly, Permissions permissions, AttachGrants attach) {

    public static final SessionOptions FULL = new SessionOptions(false, Permissions.ALL);
    public static final SessionOptions READ_ONLY = new SessionOptions(true, Permissions.ALL);

    /// One that may attach nothing.
    public SessionOptions(boolean readOnly, Permissions permissions) {
        this(readOnly, permissions, AttachGrants.NONE);
    }
}
