package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.oauth.Oauth;
import io.skerry.catalog.oauth.Oauth.Exchange;
import io.skerry.catalog.oauth.OauthClient;
import io.skerry.catalog.oauth.OauthClients;
import io.skerry.catalog.oauth.OauthException;
import io.skerry.catalog.oauth.OauthException.Problem;
import io.skerry.catalog.oauth.Pkce;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Programs that users let in: the two calls of OAuth 2.0 that a program makes, and ours to register
/// programs and to see and withdraw what was granted.
final class OauthOperations {

    private static final int STATE_MAX = 500;
    private static final String BASIC = "basic ";

    private final Catalog catalog;
    private final Fleet fleet;
    private final Oauth oauth;

    OauthOperations(Catalog catalog, Fleet fleet, Oauth oauth) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.oauth = oauth;
    }

    /// The caller lets a program in (RFC 6749, section 4.1.1). What is wrong with the program or with the
    /// address that it names is told to the caller: only to an address that is the program's are others
    /// sent.
    Answer authorize(Call call) {
        String client = parameter(call, "client_id");
        String redirectUri = parameter(call, "redirect_uri");
        oauth.client(client, redirectUri);
        Optional<String> state = optional(call, "state");
        try {
            String challenge = challenge(call, state);
            String code = oauth.authorize(call.caller().user(), client, redirectUri, challenge, call.actor());
            return Answer.redirect(with(redirectUri, "code=" + code, state));
        } catch (OauthException e) {
            String problem =
                    "error=" + e.problem().code() + "&error_description=" + encode(String.valueOf(e.getMessage()));
            return Answer.redirect(with(redirectUri, problem, state));
        }
    }

    /// A program exchanges its code for a token (section 4.1.3).
    Answer token(Call call) {
        if (!parameter(call, "grant_type").equals("authorization_code")) {
            throw new OauthException(Problem.UNSUPPORTED_GRANT_TYPE, "grant_type must be authorization_code");
        }
        String code = parameter(call, "code");
        String redirectUri = parameter(call, "redirect_uri");
        String verifier = parameter(call, "code_verifier");
        if (!Pkce.isVerifier(verifier)) {
            throw invalid("code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~");
        }
        Credentials credentials = credentials(call);
        Optional<String> named = optional(call, "client_id");
        if (named.isPresent() && !named.get().equals(credentials.id())) {
            throw invalid("client_id is not the client of the authorization header");
        }
        String token = oauth.exchange(
                new Exchange(credentials.id(), credentials.secret(), code, redirectUri, verifier), call.actor());
        fleet.spread(); // elsewhere it would be a wrong token until then
        return Answer.secret(Views.object().put("access_token", token).put("token_type", "Bearer"));
    }

    ObjectNode listClients(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("clients");
        catalog.read(sql -> OauthClients.of(sql, call.caller().user().id())).stream()
                .map(OauthOperations::view)
                .forEach(list::add);
        return answer;
    }

    ObjectNode register(Call call) {
        Body body = call.body();
        Oauth.Registered registered = oauth.register(
                call.caller().user(),
                body.text("name").orElse(""),
                body.texts("redirect_uris").orElse(List.of()),
                call.actor());
        ObjectNode answer = Views.object();
        answer.set("client", view(registered.client()).put("secret", registered.secret()));
        return answer;
    }

    ObjectNode unregister(Call call) {
        oauth.unregister(call.caller().user(), call.parameter("client"), call.actor());
        fleet.spread();
        return Views.object().put("client", call.parameter("client"));
    }

    ObjectNode listGrants(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("grants");
        for (OauthClients.Grant grant : catalog.read(
                sql -> OauthClients.grants(sql, call.caller().user().id()))) {
            list.addObject()
                    .put("client", grant.client())
                    .put("name", grant.name())
                    .put("owner", grant.owner())
                    .put("tokens", grant.tokens())
                    .put("since", grant.since().toString());
        }
        return answer;
    }

    ObjectNode withdraw(Call call) {
        oauth.withdraw(call.caller().user(), call.parameter("client"), call.actor());
        fleet.spread();
        return Views.object().put("client", call.parameter("client"));
    }

    private static String challenge(Call call, Optional<String> state) {
        if (state.isPresent() && state.get().length() > STATE_MAX) {
            throw invalid("state may have " + STATE_MAX + " characters");
        }
        if (!parameter(call, "response_type").equals("code")) {
            throw new OauthException(Problem.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
        }
        if (!optional(call, "code_challenge_method").equals(Optional.of(Pkce.METHOD))) {
            throw invalid("code_challenge_method must be " + Pkce.METHOD);
        }
        String challenge = parameter(call, "code_challenge");
        if (!Pkce.isChallenge(challenge)) {
            throw invalid("code_challenge must be the SHA-256 of the verifier, in base64url: 43 characters");
        }
        return challenge;
    }

    /// @param id what a client says it is
    private record Credentials(String id, String secret) {}

    /// Section 2.3.1. Neither ids nor secrets have a character that would be encoded.
    private static Credentials credentials(Call call) {
        String header = call.header("Authorization").orElse("");
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            throw new OauthException(Problem.INVALID_CLIENT, "id and secret of the client are needed (Basic)");
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
            String text = new String(decoded, StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon > 0) {
                return new Credentials(text.substring(0, colon), text.substring(colon + 1));
            }
        } catch (IllegalArgumentException e) {
            // It is no better than a wrong secret, and its text is not to be quoted.
        }
        throw new OauthException(Problem.INVALID_CLIENT, "the authorization header is no base64 of id:secret");
    }

    private static String parameter(Call call, String name) {
        return optional(call, name).orElseThrow(() -> invalid(name + " is required"));
    }

    /// Sections 3.1 and 3.2: none may be there more than once, and one without a value counts as
    /// absent.
    private static Optional<String> optional(Call call, String name) {
        List<String> values = call.fields(name);
        if (values.size() > 1) {
            throw invalid(name + " is given more than once");
        }
        return values.stream().filter(value -> !value.isEmpty()).findFirst();
    }

    private static OauthException invalid(String text) {
        return new OauthException(Problem.INVALID_REQUEST, text);
    }

    private static String with(String redirectUri, String parameters, Optional<String> state) {
        return redirectUri
                + (redirectUri.indexOf('?') < 0 ? "?" : "&")
                + parameters
                + state.filter(text -> text.length() <= STATE_MAX)
                        .map(text -> "&state=" + encode(text))
                        .orElse("");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static ObjectNode view(OauthClient client) {
        ObjectNode view = Views.object().put("id", client.id()).put("name", client.name());
        ArrayNode redirects = view.putArray("redirect_uris");
        client.redirects().forEach(redirect -> redirects.add(redirect.text()));
        return view.put("created_at", client.createdAt().toString());
    }
}
