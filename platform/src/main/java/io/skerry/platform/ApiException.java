package io.skerry.platform;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A request that is refused: the status and the text of the answer.
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final @Nullable Duration retryAfter;

    public ApiException(int status, String message) {
        this(status, message, null);
    }

    private ApiException(int status, String message, @Nullable Duration retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /// 429.
    ///
    /// @param retryAfter when it may be tried again
    static ApiException tooMany(String message, Duration retryAfter) {
        return new ApiException(429, message, retryAfter);
    }

    public int status() {
        return status;
    }

    /// When to try again; null if that would be of no use.
    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }
}
