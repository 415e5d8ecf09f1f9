package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.password.SignIns;
import io.skerry.catalog.password.SignIns.Reset;
import io.skerry.catalog.password.SignIns.Session;

/// Passwords, and the sessions that they open. The pages in [SignInPages] ask here too.
final class SignInOperations {

    private final SignIns signIns;

    SignInOperations(SignIns signIns) {
        this.signIns = signIns;
    }

    /// For those who have no token: the password stands for it.
    ObjectNode signIn(Call call) {
        Session session = signIns.signIn(required(call, "username"), required(call, "password"), call.actor());
        ObjectNode answer = Views.object();
        answer.putObject("user")
                .put("username", session.user().username())
                .put("email", session.user().email());
        return answer.put("token", session.token())
                .put("exp", session.expiresAt().getEpochSecond());
    }

    ObjectNode setPassword(Call call) {
        String current = call.body().text("current").orElse("");
        signIns.setPassword(call.caller().user(), current, required(call, "password"), call.actor());
        ObjectNode answer = Views.object();
        answer.putObject("user").put("username", call.caller().user().username());
        return answer;
    }

    /// For somebody who forgot his: the operator hands the new one on.
    Answer reset(Call call) {
        Reset reset = signIns.reset(call.parameter("username"), call.actor());
        ObjectNode answer = Views.object();
        answer.putObject("user").put("username", reset.user().username());
        return Answer.secret(answer.put("password", reset.password()));
    }

    private static String required(Call call, String key) {
        return call.body().text(key).orElseThrow(() -> new ApiException(400, key + " is required"));
    }
}
