package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What a refusal of the log, or a failure below it, is called above it.
public final class Outcomes {

    private Outcomes() {}

    /// Whether a failure of the disk, or what caused it, is that nothing more fits on it.
    public static boolean isDiskFull(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            // Java hands on the reason only as the system's text; where that is translated, a full disk counts
            // as any other failure.
            if (cause instanceof IOException
                    && String.valueOf(cause.getMessage()).contains("No space left on device")) {
                return true;
            }
        }
        return false;
    }

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
