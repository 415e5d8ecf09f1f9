package io.skerry.catalog.password;

import io.skerry.catalog.organization.User;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// Tokens that a sign-in gives, in the catalog.
public final class Sessions {

    public static final Duration LIFETIME = Duration.ofDays(7);

    /// Of one user; one more ends the oldest.
    static final int MAX = 100;

    private static final String NAME = "session";

    private Sessions() {}

    /// Stores the session of a user who was recognised. It may do all that the user may.
    ///
    /// @param token made for it
    /// @return when it ends
    public static Instant open(Sql sql, User user, ApiTokens.Fresh token, Instant now) {
        // The clock of the node that ended his sessions may be ahead of this one's.
        Instant start = now.isBefore(user.sessionsValidFrom()) ? user.sessionsValidFrom() : now;
        Instant end = start.plus(LIFETIME);
        ApiTokens.endSessions(sql, user.id(), now, MAX - 1);
        ApiTokens.insert(
                sql,
                new ApiToken(token.id(), ApiToken.Kind.SESSION, user.id(), NAME, null, null, Set.of(), end),
                token.text(),
                start);
        return end;
    }
}
