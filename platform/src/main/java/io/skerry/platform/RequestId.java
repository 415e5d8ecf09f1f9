package io.skerry.platform;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.util.UUID;
import java.util.regex.Pattern;

/// What a request is called in its answer and in the log.
public final class RequestId {

    public static final HeaderName HEADER = HeaderNames.create("X-Request-Id");

    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {}

    /// The caller's own if it sent a well-formed one, else a new one.
    public static String of(ServerRequest request) {
        return request.headers()
                .first(HEADER)
                .filter(id -> WELL_FORMED.matcher(id).matches())
                .orElseGet(() -> UUID.randomUUID().toString());
    }
}
