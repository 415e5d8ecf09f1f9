package io.skerry.catalog.oauth;

import java.util.Locale;

/// What a client is told that did something wrong: one of the codes of OAuth, and why.
public final class OauthException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Problem problem;

    public OauthException(Problem problem, String message) {
        super(message);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /// RFC 6749, sections 4.1.2.1 and 5.2.
    public enum Problem {
        INVALID_REQUEST,
        /// The client is unknown, or its secret is wrong.
        INVALID_CLIENT,
        /// The code is unknown, used, expired, another client's, or was asked for in another way.
        INVALID_GRANT,
        UNSUPPORTED_GRANT_TYPE,
        UNSUPPORTED_RESPONSE_TYPE;

        /// As the answer has it.
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
