package io.skerry.hrana.wire;

/// A request that is answered with something else than results. The protocol has three forms of body: plain text
/// for what does not follow the protocol, `{"error": …}` for the server's own refusals, and
/// `{"message": …, "code": …}` where clients look for a code.
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final boolean json;
    private final boolean closesConnection;

    private Refusal(int status, boolean json, boolean closesConnection, String body) {
        // Refusals are answers, not faults: a stack trace would be paid for by every bad client.
        super(body, null, false, false);
        this.status = status;
        this.json = json;
        this.closesConnection = closesConnection;
    }

    /// The request does not follow the protocol: 400, plain text.
    public static Refusal protocol(String message) {
        return new Refusal(400, false, false, message);
    }

    /// The server refuses: `{"error": message}`.
    public static Refusal server(int status, String message) {
        return new Refusal(status, true, false, "{\"error\":" + JsonText.quote(message) + "}");
    }

    /// As [#server], and the connection is of no further use: its body was not read, or the server stops.
    public static Refusal last(int status, String message) {
        return new Refusal(status, true, true, "{\"error\":" + JsonText.quote(message) + "}");
    }

    /// A refusal whose code clients look for: 400, `{"message": …, "code": …}`.
    public static Refusal coded(String message, String code) {
        return new Refusal(
                400,
                true,
                false,
                "{\"message\":" + JsonText.quote(message) + ",\"code\":" + JsonText.quote(code) + "}");
    }

    /// What another node answered, as it stands.
    public static Refusal passedOn(int status, boolean json, String body) {
        return new Refusal(status, json, false, body);
    }

    public int status() {
        return status;
    }

    public boolean json() {
        return json;
    }

    public boolean closesConnection() {
        return closesConnection;
    }

    public String body() {
        return String.valueOf(getMessage());
    }
}
