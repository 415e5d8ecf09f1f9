package io.skerry.catalog.audit;

/// What can be done. The codes are those of the Platform API's audit log.
public enum Action {
    USER_SIGNUP("user-signup"),
    USER_TOKEN_CREATE("user-token-create"),
    /// The API has no code for the end of a token; this is ours, as are those below that say so.
    USER_TOKEN_DELETE("user-token-delete"),
    /// Ours: every session of a user ends.
    USER_SESSIONS_END("user-sessions-end"),
    /// Ours.
    USER_SESSION_CREATE("user-session-create"),
    /// Ours.
    USER_PASSWORD_SET("user-password-set"),
    /// Ours: the operator gave a user another one.
    USER_PASSWORD_RESET("user-password-reset"),
    /// Ours, as the next two: a program that users may let in.
    OAUTH_CLIENT_CREATE("oauth-client-create"),
    OAUTH_CLIENT_DELETE("oauth-client-delete"),
    /// A user lets one in.
    OAUTH_AUTHORIZE("oauth-authorize"),
    ORG_CREATE("org-create"),
    ORG_DELETE("org-delete"),
    ORG_SET_OVERAGES("org-set-overages"),
    ORG_PLAN_UPDATE("org-plan-update"),
    ORG_MEMBER_ADD("org-member-add"),
    ORG_MEMBER_REMOVE("org-member-rm"),
    ORG_MEMBER_LEAVE("org-member-leave"),
    /// Ours.
    ORG_MEMBER_ROLE("org-member-role"),
    /// Ours.
    ORG_INVITE_CREATE("org-invite-create"),
    /// Ours.
    ORG_INVITE_DELETE("org-invite-delete"),
    /// Ours.
    JWKS_PUT("jwks-put"),
    /// Ours.
    JWKS_DELETE("jwks-delete"),
    GROUP_CREATE("group-create"),
    GROUP_DELETE("group-delete"),
    GROUP_PROTECT("group-protect"),
    GROUP_UNPROTECT("group-unprotect"),
    /// Ours.
    GROUP_ARCHIVE("group-archive"),
    GROUP_UNARCHIVE("group-unarchive"),
    /// The API has no codes for these two; they are ours.
    GROUP_RENAME("group-rename"),
    GROUP_TRANSFER("group-transfer"),
    GROUP_TOKEN_CREATE("group-token-create"),
    /// Ours.
    GROUP_ROTATE("group-rotate"),
    /// A location is added to a group: an instance of each of its databases is created there.
    INSTANCE_CREATE("instance-create"),
    INSTANCE_DELETE("instance-delete"),
    DB_CREATE("db-create"),
    /// Ours: a dump was uploaded, of which a database may be made.
    DUMP_UPLOAD("dump-upload"),
    /// Ours: a file was uploaded, and the database has its content.
    DB_UPLOAD("db-upload"),
    DB_DELETE("db-delete"),
    DB_PROTECT("db-protect"),
    DB_UNPROTECT("db-unprotect"),
    /// A change of the configuration other than its protection; the code is ours.
    DB_CONFIGURE("db-configure"),
    DB_TOKEN_CREATE("db-token-create"),
    DB_ROTATE("db-rotate"),
    /// Any of these, refused; ours.
    REFUSED("refused");

    private final String code;

    Action(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
