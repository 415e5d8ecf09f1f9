package io.skerry.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.oauth.OauthException;
import io.skerry.catalog.token.TokenException;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.raft.MembershipException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// What goes back: a status and, nearly always, JSON.
///
/// @param headers besides the content type, by name
@SuppressWarnings("ArrayRecordComponent")
record Answer(int status, String contentType, Map<String, String> headers, byte[] body) {

    static final String JSON_TYPE = "application/json";

    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer ok(JsonNode body) {
        return json(200, body);
    }

    /// JSON, one object a line.
    static Answer lines(String lines) {
        return new Answer(200, "application/x-ndjson", Map.of(), lines.getBytes(StandardCharsets.UTF_8));
    }

    static Answer error(int status, String text) {
        return json(status, Views.object().put("error", text));
    }

    /// To another address, which is nobody's to keep: it may have a secret.
    static Answer redirect(String location) {
        return new Answer(
                302, JSON_TYPE, Map.of("Location", location, "Cache-Control", "no-store"), bytes(Views.object()));
    }

    /// `Retry-After` for what is not possible now (RFC 9110, section 10.2.3); empty for any other status. How
    /// long so much is asked for, a disk stays full or a group has no leader nobody knows: a second keeps a
    /// program from asking at once.
    static Map<String, String> whenToAskAgain(int status) {
        return status == 429 || status == 503 ? Map.of("Retry-After", "1") : Map.of();
    }

    /// With a secret that nothing between here and the client is to keep.
    static Answer secret(JsonNode body) {
        return new Answer(200, JSON_TYPE, Map.of("Cache-Control", "no-store", "Pragma", "no-cache"), bytes(body));
    }

    private static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON_TYPE, Map.of(), bytes(body));
    }

    /// What a caller is told of an exception.
    record Failure(int status, String text) {}

    /// @param requestId for what the caller can only report
    static Failure failure(RuntimeException e, String requestId) {
        return switch (e) {
            case ApiException refused -> new Failure(refused.status(), text(refused));
            case TokenException refused -> new Failure(refused.status(), text(refused));
            case CatalogException refused -> new Failure(status(refused.reason()), text(refused));
            case OauthException refused -> new Failure(status(refused.problem()), text(refused));
            // The load of all callers is theirs, not the node's.
            case DatabaseException failed when failed.isOverload() -> new Failure(429, words(failed.code(), requestId));
            // Not the caller's fault, and likely to pass.
            case DatabaseException failed
            when failed.isDiskFull() -> new Failure(503, words(Code.DISK_FULL, requestId));
            case DatabaseException failed -> new Failure(503, words(failed.code(), requestId));
            case MembershipException failed -> new Failure(503, words(Code.UNAVAILABLE, requestId));
            default -> new Failure(500, "internal error; request id " + requestId);
        };
    }

    /// The messages themselves name nodes, files and exceptions: they are in the log, under the request's id.
    private static String words(Code code, String requestId) {
        return switch (code) {
            case NOT_LEADER -> "no node takes changes at the moment: try again";
            case OVERLOADED, TRANSACTION_BUSY, TRANSACTION_TIMEOUT ->
                "too much of this is being done at the moment: try again";
            case DISK_FULL -> "the disk is full: changes are taken again when there is space";
            case OUTCOME_UNKNOWN -> "it is not known whether the change happened: look, then try again";
            default -> "a node that is needed does not answer, or is not ready: try again; request id " + requestId;
        };
    }

    static Answer of(RuntimeException e, String requestId) {
        Failure failure = failure(e, requestId);
        if (e instanceof OauthException refused) {
            return refusal(failure, refused.problem());
        }
        return error(failure.status(), failure.text()).with(headers(e, failure.status()));
    }

    private static Map<String, String> headers(RuntimeException e, int status) {
        return switch (e) {
            case ApiException refused -> refused.headers();
            // It may have happened: who asks again without a look may do it twice.
            case DatabaseException failed when failed.code() == Code.OUTCOME_UNKNOWN -> Map.of();
            default -> whenToAskAgain(status);
        };
    }

    /// As clients of OAuth read it (RFC 6749, section 5.2): `error` is a word for them.
    private static Answer refusal(Failure failure, OauthException.Problem problem) {
        Answer answer = json(
                failure.status(), Views.object().put("error", problem.code()).put("error_description", failure.text()));
        return problem == OauthException.Problem.INVALID_CLIENT
                ? new Answer(
                        answer.status,
                        answer.contentType,
                        Map.of("WWW-Authenticate", "Basic realm=\"oauth\""),
                        answer.body)
                : answer;
    }

    private static int status(OauthException.Problem problem) {
        return problem == OauthException.Problem.INVALID_CLIENT ? 401 : 400;
    }

    /// With these headers beside its own.
    Answer with(Map<String, String> others) {
        Map<String, String> all = new HashMap<>(headers);
        all.putAll(others);
        return new Answer(status, contentType, all, body);
    }

    private static int status(CatalogException.Reason reason) {
        return switch (reason) {
            case INVALID -> 400;
            case WRONG_PASSWORD -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case EXISTS -> 409;
            case NAME_TAKEN -> 422;
            case VERSION -> 500;
            case BUSY -> 429;
            case TIMEOUT -> 504;
        };
    }

    private static String text(RuntimeException e) {
        return String.valueOf(e.getMessage());
    }

    private static byte[] bytes(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON can be written", e);
        }
    }
}
