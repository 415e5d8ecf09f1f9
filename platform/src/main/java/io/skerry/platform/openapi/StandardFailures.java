package io.skerry.platform.openapi;

import java.util.HashMap;
import java.util.Map;

/// What every operation of a kind may answer instead of 200.
final class StandardFailures {

    private StandardFailures() {}

    static Map<Integer, String> of(Served served, Description description) {
        Map<Integer, String> failures = new HashMap<>();
        if (description.body() != null && description.bodyType().equals(Description.JSON_TYPE)) {
            failures.put(400, "The body is no JSON object, or one of its members has another type");
            failures.put(413, "The body is too large");
        }
        if (served.needsToken()) {
            failures.put(401, "The token is missing, malformed, expired or revoked");
        }
        if (!served.anyToken()) {
            failures.put(403, "Not a member of the organization, the role is too low, or the token is restricted");
        }
        if (served.inOrganization()) {
            failures.put(404, "Organization not found");
        }
        failures.put(
                429,
                "Too many requests, too many wrong tokens and passwords from this address, or too much of this is"
                        + " being done at the moment: try again");
        if (served.led()) {
            failures.put(503, "The cluster cannot do it at the moment: try again");
        }
        return failures;
    }
}
