package io.skerry.platform;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// Where the token of a sign-in goes: onto the page, or to a command that listens on the machine of the browser.
/// Never to another machine, whatever the request asks for.
sealed interface Destination {

    /// The parameters that ask for it, for forms and links that lead on.
    Map<String, String> parameters();

    record Page() implements Destination {
        @Override
        public Map<String, String> parameters() {
            return Map.of("redirect", "false");
        }
    }

    /// @param port 1 to 65535
    /// @param state by which the command knows its own browser
    record Loopback(int port, String state) implements Destination {

        @Override
        public Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("port", Integer.toString(port));
            parameters.put("redirect", "true");
            parameters.put("state", state);
            return parameters;
        }

        String origin() {
            return "http://localhost:" + port;
        }

        String location(String token) {
            return origin() + "/?jwt=" + URLEncoder.encode(token, StandardCharsets.UTF_8) + "&state=" + state;
        }
    }

    Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");
    int PORT_MAX = 65_535;
    Pattern STATE = Pattern.compile("[A-Za-z0-9._~-]{0,200}");

    /// @param parameters of a query or a form, by name
    /// @throws ApiException 400 if a port or state is none
    static Destination parse(Function<String, Optional<String>> parameters) {
        Optional<String> port = parameters.apply("port");
        String redirect = parameters.apply("redirect").orElse(port.isPresent() ? "true" : "false");
        if (redirect.equals("false")) {
            return new Page();
        }
        int number = port.filter(text -> PORT.matcher(text).matches())
                .map(Integer::parseInt)
                .filter(candidate -> candidate <= PORT_MAX)
                .orElseThrow(() -> new ApiException(400, "The address of this page names no port to return to."));
        String state = parameters.apply("state").orElse("");
        if (!STATE.matcher(state).matches()) {
            throw new ApiException(400, "The address of this page has a state that no command makes.");
        }
        return new Loopback(number, state);
    }
}
