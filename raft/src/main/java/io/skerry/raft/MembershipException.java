package io.skerry.raft;

import org.jspecify.annotations.Nullable;

/// A change of a group's members that did not happen. The message says which step failed and that the group is
/// as before.
public final class MembershipException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MembershipException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
