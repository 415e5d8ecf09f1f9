package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// As much of a browser as a form needs: it keeps the cookie, and sends back the fields that the page has.
final class Browser {

    private static final Pattern HIDDEN = Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">");
    private static final Pattern ACTION = Pattern.compile("<form method=\"post\" action=\"(\\w+)\">");

    private final ApiServer api;
    private String cookie = "";
    private String action = "";
    private final Map<String, String> fields = new LinkedHashMap<>();

    Browser(ApiServer api) {
        this.api = api;
    }

    ApiServer.Reply open(String path) {
        return look(api.send("GET", path, null, headers()));
    }

    /// Forgets the cookie, as a form on another site would be sent without it.
    Browser withoutCookie() {
        cookie = "";
        return this;
    }

    Browser set(String field, String value) {
        fields.put(field, value);
        return this;
    }

    ApiServer.Reply submit(String username, String password) {
        set("username", username).set("password", password);
        return submitTo(api);
    }

    /// The same form at another node of the cluster.
    ApiServer.Reply submitTo(ApiServer node) {
        String body = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return look(node.send("POST", "/" + action, body, headers()));
    }

    private String[] headers() {
        return cookie.isEmpty()
                ? new String[] {"Content-Type", "application/x-www-form-urlencoded"}
                : new String[] {"Content-Type", "application/x-www-form-urlencoded", "Cookie", cookie};
    }

    private ApiServer.Reply look(ApiServer.Reply reply) {
        reply.response().headers().firstValue("set-cookie").ifPresent(value -> {
            assertThat(value).endsWith("; Path=/; HttpOnly; SameSite=Strict; Max-Age=1800");
            cookie = value.substring(0, value.indexOf(';'));
        });
        Matcher form = ACTION.matcher(reply.text());
        if (form.find()) {
            action = form.group(1);
            fields.clear();
            Matcher hidden = HIDDEN.matcher(reply.text());
            while (hidden.find()) {
                fields.put(hidden.group(1), hidden.group(2));
            }
        }
        return reply;
    }
}
