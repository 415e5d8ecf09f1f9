package io.skerry.platform;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/// A request that is refused: the status and the text of the answer.
public final class ApiException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Map<String, String> headers;

    /// Of a status that passes the answer says when to ask again.
    public ApiException(int status, String message) {
        this(status, message, Answer.whenToAskAgain(status));
    }

    private ApiException(int status, String message, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.headers = headers;
    }

    /// 429.
    ///
    /// @param retryAfter when it may be tried again
    static ApiException tooMany(String message, Duration retryAfter) {
        // Whole seconds, and never 0: that would mean at once.
        return new ApiException(429, message, Map.of("Retry-After", Long.toString(retryAfter.toSeconds() + 1)));
    }

    /// 503 to whoever is to look whether it happened before he asks again: so nothing tells a program to repeat it.
    static ApiException unknownOutcome(String message) {
        return new ApiException(503, message, Map.of());
    }

    /// 405.
    ///
    /// @param allowed what the path can be asked with
    static ApiException notAllowed(String method, Collection<String> allowed) {
        String methods = String.join(", ", allowed);
        return new ApiException(405, "method " + method + " not allowed, only " + methods, Map.of("Allow", methods));
    }

    public int status() {
        return status;
    }

    /// Of the answer, by name.
    Map<String, String> headers() {
        return headers;
    }
}
