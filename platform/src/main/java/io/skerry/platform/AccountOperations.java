package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.invite.Invites;
import io.skerry.catalog.organization.User;
import java.time.Instant;
import java.util.regex.Pattern;

/// What concerns the caller.
final class AccountOperations {

    private static final long NEVER = -1;

    /// What clients call their version. It goes back to them, so nothing else may stand in it.
    private static final Pattern VERSION = Pattern.compile("v\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}");

    private final Catalog catalog;

    AccountOperations(Catalog catalog) {
        this.catalog = catalog;
    }

    ObjectNode validate(Call call) {
        Instant expiresAt = call.caller().token().expiresAt();
        return Views.object().put("exp", expiresAt == null ? NEVER : expiresAt.getEpochSecond());
    }

    /// Both documented forms in one.
    ObjectNode user(Call call) {
        User user = call.caller().user();
        boolean invited = catalog.read(sql -> Invites.waitFor(sql, user, Instant.now()));
        ObjectNode answer = Views.object();
        answer.putObject("user")
                .put("username", user.username())
                .put("name", user.name())
                .put("email", user.email())
                .put("avatarUrl", user.avatarUrl())
                .put("plan", BillingOperations.PLAN)
                .put("mfa", false)
                .put("has_pending_invites", invited);
        return answer;
    }

    /// The newest release of the client is the one that asks: it would fetch and run a newer one from elsewhere.
    ObjectNode latestRelease(Call call) {
        String version = call.header("TursoCliVersion")
                .filter(text -> VERSION.matcher(text).matches())
                .orElse("v0.0.0");
        return Views.object().put("latest", version);
    }
}
