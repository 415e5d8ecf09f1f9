package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/// One operation of the API: a line of [Operations].
///
/// @param path segments, of which those in braces are parameters. A path that starts with `P` has two forms:
///     `/v1/…`, which means the caller's own organization, and `/v1/organizations/{organization}/…`
/// @param changes whether it changes something, so that the audit log tells who did, or was refused
/// @param led whether it runs on the node that leads the system group, as every change of the catalog does
/// @param streams whether the body is left to the handler, without the limit that other bodies have
public record Operation(
        String method, String path, Right right, boolean changes, boolean led, boolean streams, Handler handler) {

    @FunctionalInterface
    interface Handler {
        Answer handle(Call call);
    }

    /// One whose answer is JSON and has status 200, as nearly all are.
    @FunctionalInterface
    interface JsonHandler {
        JsonNode handle(Call call);
    }

    static Operation reads(String method, String path, Right right, JsonHandler handler) {
        return new Operation(method, path, right, false, false, false, call -> Answer.ok(handler.handle(call)));
    }

    static Operation changes(String method, String path, Right right, JsonHandler handler) {
        return new Operation(method, path, right, true, true, false, call -> Answer.ok(handler.handle(call)));
    }

    /// A change whose answer may be of any kind.
    static Operation changesAndAnswers(String method, String path, Right right, Handler handler) {
        return new Operation(method, path, right, true, true, false, handler);
    }

    /// One that tells what only the node knows that leads the system group.
    static Operation readsOfLeader(String method, String path, Right right, JsonHandler handler) {
        return new Operation(method, path, right, false, true, false, call -> Answer.ok(handler.handle(call)));
    }

    /// One whose answer may be of any kind.
    static Operation answers(String method, String path, Right right, Handler handler) {
        return new Operation(method, path, right, false, false, false, handler);
    }

    /// One that reads the body itself ([Call#stream]), which may be large; it runs on the node that
    /// was asked.
    static Operation uploads(String method, String path, Right right, JsonHandler handler) {
        return new Operation(method, path, right, true, false, true, call -> Answer.ok(handler.handle(call)));
    }

    /// Every form of the path that is served.
    List<String> forms() {
        return path.startsWith("P/")
                ? List.of("/v1/" + path.substring(2), "/v1/organizations/{organization}/" + path.substring(2))
                : List.of(path);
    }

    /// Whether the operation happens inside an organization.
    boolean ofOrganization() {
        return path.startsWith("P/") || path.contains("{organization}");
    }
}
