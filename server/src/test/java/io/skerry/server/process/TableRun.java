package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.ApiDocuments.Route;
import io.skerry.server.process.ApiProcess.Reply;
import io.skerry.server.process.CallTable.Call;
import io.skerry.server.process.CallTable.Claim;
import io.skerry.server.process.CallTable.Effect;
import io.skerry.server.process.CallTable.Is;
import io.skerry.server.process.CallTable.Keep;
import io.skerry.server.process.CallTable.Nothing;
import io.skerry.server.process.CallTable.Seen;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All lines of the table in one form of the paths, asked of one node.
final class TableRun {

    private static final String BOUNDARY = "part-of-a-form";

    private final ApiProcess api;
    private final URI node;
    private final String prefix;
    private final @Nullable String organization;
    private final KeptValues kept;
    private final DataPlane dataPlane;
    private final Set<String> answered = new TreeSet<>();
    private final Set<String> observed = new TreeSet<>();

    /// @param prefix what `P/` stands for
    /// @param organization named by the header, if not by the path
    TableRun(
            ApiProcess api,
            URI node,
            String prefix,
            @Nullable String organization,
            KeptValues kept,
            DataPlane dataPlane) {
        this.api = api;
        this.node = node;
        this.prefix = prefix;
        this.organization = organization;
        this.kept = kept;
        this.dataPlane = dataPlane;
    }

    /// Routes with each status that they answered.
    Set<String> answered() {
        return answered;
    }

    /// Routes whose effect on the data plane was looked at, or said to be none.
    Set<String> observed() {
        return observed;
    }

    void one(Call call) throws InterruptedException, IOException {
        boolean form = call.path().startsWith("P/");
        String path = kept.filled(form ? prefix + call.path().substring(2) : call.path());
        Soon soon = new Soon(call.soon());
        Reply reply = send(call, path, form);
        while (!fits(call, reply) && soon.again()) {
            reply = send(call, path, form);
        }
        String what = call.method() + " " + path + " " + call.body() + ": " + reply.text();
        check(call, what, reply);
        Route route = api.documents().route(call.method(), path);
        api.documents().check(route, what, reply.status(), reply.json());
        if (call.text().isEmpty() && call.body().startsWith("{")) {
            api.documents().checkTaken(route, what, kept.filled(call.body()));
        }
        answered.add(route + " " + call.status());
        for (Claim claim : call.claims()) {
            hold(claim, reply, what);
        }
        for (Effect effect : call.effects()) {
            switch (effect) {
                case Nothing _ -> {}
                case Seen seen -> dataPlane.see(seen, what);
            }
        }
        if (!call.effects().isEmpty() && (call.text().isEmpty() || route.isRefused())) {
            observed.add(route.toString());
        }
    }

    private void hold(Claim claim, Reply reply, String what) {
        switch (claim) {
            case Keep(String name, String pointer) -> kept.put(name, kept(reply, pointer));
            case Is is -> assertThat(value(reply, is)).as(what).isEqualTo(kept.filled(is.value()));
        }
    }

    private boolean fits(Call call, Reply reply) {
        return reply.status() == call.status()
                && call.claims().stream()
                        .allMatch(claim ->
                                !(claim instanceof Is is) || value(reply, is).equals(kept.filled(is.value())));
    }

    private static String value(Reply reply, Is is) {
        return reply.json().at(is.pointer()).asText();
    }

    private void check(Call call, String what, Reply reply) {
        assertThat(reply.status()).as(what).isEqualTo(call.status());
        assertThat(reply.response().headers().firstValue("X-Request-Id"))
                .as(what)
                .isPresent();
        if (call.method().equals("GET") && call.status() == 200) {
            assertThat(reply.response().headers().firstValue("ETag")).as(what).isPresent();
        }
        if (!call.text().isEmpty()) {
            JsonNode answer = reply.json();
            String text =
                    answer.path("error_description").asText(answer.path("error").asText());
            assertThat(text).as(what).contains(kept.filled(call.text()));
        }
    }

    private static String kept(Reply reply, String pointer) {
        if (!pointer.startsWith("?")) {
            return reply.at(pointer);
        }
        String location = reply.response().headers().firstValue("Location").orElseThrow();
        Matcher parameter =
                Pattern.compile("[?&]" + pointer.substring(1) + "=([^&]*)").matcher(location);
        assertThat(parameter.find()).as(pointer + " in " + location).isTrue();
        return parameter.group(1);
    }

    private Reply send(Call call, String path, boolean form) {
        if (call.as().contains(":")) {
            return sendAsProgram(call, path);
        }
        String token = call.as().equals("nobody") ? null : kept.get(call.as());
        String[] header = form && organization != null
                ? new String[] {"x-turso-organization", organization}
                : new String[] {"Accept", "*/*"};
        if (!call.body().startsWith("file: ")) {
            String body = call.body().isEmpty() ? null : kept.filled(call.body());
            return api.send(node, call.method(), path, token, body, header);
        }
        String file = call.body().substring("file: ".length()).replace("\\n", "\n");
        String body = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.sql\"\r\n\r\n"
                + file + "\r\n--" + BOUNDARY + "--\r\n";
        return api.send(
                node,
                call.method(),
                path,
                token,
                body,
                header[0],
                header[1],
                "Content-Type",
                "multipart/form-data; boundary=" + BOUNDARY);
    }

    private Reply sendAsProgram(Call call, String path) {
        String[] names = call.as().split(":");
        String credentials = kept.get(names[0]) + ":" + kept.orItself(names[1]);
        String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return api.send(node, call.method(), path, null, null, "Authorization", "Basic " + basic);
    }
}
