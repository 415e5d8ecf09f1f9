package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;

/// What a refusal of the log is called above it.
public final class Outcomes {

    private Outcomes() {}

    /// @param what begins the message
    public static DatabaseException refused(String what, Refused refused) {
        Code code = switch (refused.reason()) {
            case NOT_LEADER -> Code.NOT_LEADER;
            case OVERLOADED -> Code.OVERLOADED;
            case TOO_LARGE -> Code.TRANSACTION_TOO_LARGE;
            case DISK_FULL -> Code.DISK_FULL;
            case STOPPED -> Code.UNAVAILABLE;
        };
        return new DatabaseException(code, what + ": " + refused.message());
    }
}
