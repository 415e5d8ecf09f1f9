package io.skerry.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.password.Passwords;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// What a browser sees of the sign-in. The pages change nothing by themselves: they call operations of the API, which
/// find their way to the node that may. Thread-safe.
final class SignInPages {

    private static final Map<String, List<String>> METHODS =
            Map.of("/", List.of("GET"), "/login", List.of("POST"), "/signup", List.of("GET", "POST"));
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Catalog catalog;
    private final FormSeal seal;
    private final String cookie;
    private final String cookieSuffix;

    SignInPages(Catalog catalog, PlatformSettings settings, Clock clock) {
        this.catalog = catalog;
        this.seal = new FormSeal(settings.nodeMark(), clock);
        boolean tls = "https".equals(settings.publicUrl().getScheme());
        this.cookie = FormSeal.cookie(tls);
        this.cookieSuffix = "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + FormSeal.LIFETIME.toSeconds()
                + (tls ? "; Secure" : "");
    }

    /// Calls an operation of the API for the one who sent the form.
    @FunctionalInterface
    interface Api {
        /// @return its answer, also if it was refused
        Answer post(String path, byte[] body);
    }

    /// @param query by name, empty if absent
    /// @param cookies value of the header
    /// @param body of a form
    record Request(
            String method,
            String path,
            Function<String, Optional<String>> query,
            Optional<String> cookies,
            Supplier<byte[]> body) {}

    boolean serve(String path) {
        return METHODS.containsKey(path);
    }

    Answer answer(Request request, Api api) {
        try {
            return switch (request.method() + " " + request.path()) {
                case "GET /" -> signInForm(request);
                case "GET /signup" -> signUpForm(request);
                case "POST /login" -> signIn(request, api);
                case "POST /signup" -> signUp(request, api);
                default ->
                    throw ApiException.notAllowed(request.method(), METHODS.getOrDefault(request.path(), List.of()));
            };
        } catch (ApiException e) {
            return new SignInPage(new Destination.Page())
                    .refused(e.status(), String.valueOf(e.getMessage()))
                    .with(e.headers());
        }
    }

    private Answer signInForm(Request request) {
        return signInForm(200, Destination.parse(request.query()), request, "", "");
    }

    private Answer signInForm(int status, Destination destination, Request request, String username, String alert) {
        String browser = browser(request);
        boolean nobody = !catalog.read(Passwords::anyIsSet);
        return withCookie(
                new SignInPage(destination).signIn(status, seal.seal("login", browser), username, alert, nobody),
                browser);
    }

    private Answer signUpForm(Request request) {
        Destination destination = Destination.parse(request.query());
        Optional<String> invite = request.query().apply("invite").filter(text -> !text.isEmpty());
        return invite.isEmpty()
                ? new SignInPage(destination).invitationOnly()
                : signUpForm(200, destination, request, invite.get(), "", "");
    }

    private Answer signUpForm(
            int status, Destination destination, Request request, String invite, String username, String alert) {
        String browser = browser(request);
        return withCookie(
                new SignInPage(destination).signUp(status, seal.seal("signup", browser), invite, username, alert),
                browser);
    }

    private Answer signIn(Request request, Api api) {
        FormData form = FormData.parse(request.body().get());
        Destination destination = Destination.parse(form::get);
        String username = form.get("username").orElse("");
        if (!isOurs(form, "login", request)) {
            return signInForm(403, destination, request, username, stale());
        }
        ObjectNode body = Views.object()
                .put("username", username)
                .put("password", form.get("password").orElse(""));
        Answer answer = api.post("/v1/auth/sessions", bytes(body));
        return answer.status() == 200
                ? done(destination, answer)
                : retryAfter(signInForm(answer.status(), destination, request, username, error(answer)), answer);
    }

    private Answer signUp(Request request, Api api) {
        FormData form = FormData.parse(request.body().get());
        Destination destination = Destination.parse(form::get);
        String username = form.get("username").orElse("");
        String invite = form.get("invite").orElse("");
        if (!isOurs(form, "signup", request)) {
            return signUpForm(403, destination, request, invite, username, stale());
        }
        String password = form.get("password")
                .orElseThrow(() -> new ApiException(400, "An account that is made here needs a password."));
        ObjectNode body =
                Views.object().put("token", invite).put("username", username).put("password", password);
        Answer answer = api.post("/v1/invites/signup", bytes(body));
        return answer.status() == 200
                ? done(destination, answer)
                : retryAfter(
                        signUpForm(answer.status(), destination, request, invite, username, error(answer)), answer);
    }

    private static Answer done(Destination destination, Answer answer) {
        String token = json(answer).path("token").asText();
        return switch (destination) {
            case Destination.Loopback loopback -> SignInPage.goTo(loopback.location(token));
            case Destination.Page page -> new SignInPage(page).token(token);
        };
    }

    private boolean isOurs(FormData form, String name, Request request) {
        return seal.fits(form.get("seal").orElse(""), name, FormSeal.browser(request.cookies(), cookie));
    }

    /// A browser that is known keeps its cookie: it may have another form open.
    private String browser(Request request) {
        return FormSeal.browser(request.cookies(), cookie).orElseGet(FormSeal::newBrowser);
    }

    private Answer withCookie(Answer answer, String browser) {
        return with(answer, "Set-Cookie", cookie + "=" + browser + cookieSuffix);
    }

    private static Answer retryAfter(Answer page, Answer answer) {
        String seconds = answer.headers().get("Retry-After");
        return seconds == null ? page : with(page, "Retry-After", seconds);
    }

    private static Answer with(Answer answer, String header, String value) {
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.put(header, value);
        return new Answer(answer.status(), answer.contentType(), headers, answer.body());
    }

    private static String stale() {
        return "This form was open for too long, or your browser keeps no cookies for it. Please try again.";
    }

    private static String error(Answer answer) {
        return json(answer).path("error").asText();
    }

    private static JsonNode json(Answer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new ApiException(503, "Another node gave an answer that is not readable: try again.");
        }
    }

    private static byte[] bytes(ObjectNode body) {
        try {
            return JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON can be written", e);
        }
    }
}
