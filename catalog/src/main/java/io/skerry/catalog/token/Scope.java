package io.skerry.catalog.token;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a group-scoped API token may be allowed to do.
public enum Scope {
    READ("read"),
    DB_CREATE("db:create"),
    DB_DELETE("db:delete"),
    DB_CONFIGURE("db:configure"),
    DB_MINT_TOKEN("db:mint-token"),
    DB_ROTATE_CREDS("db:rotate-creds"),
    GROUP_CONFIGURE("group:configure"),
    GROUP_MINT_TOKEN("group:mint-token"),
    GROUP_ROTATE_CREDS("group:rotate-creds");

    private final String text;

    Scope(String text) {
        this.text = text;
    }

    /// As the API and the tables write it.
    public String text() {
        return text;
    }

    public static Optional<Scope> parse(String text) {
        return Arrays.stream(values()).filter(scope -> scope.text.equals(text)).findFirst();
    }

    /// Reads what [#join] wrote.
    static Set<Scope> split(String joined) {
        EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String text : joined.split(" ", -1)) {
            parse(text).ifPresent(scopes::add);
        }
        return scopes;
    }

    static String join(Set<Scope> scopes) {
        return scopes.stream().map(Scope::text).collect(Collectors.joining(" "));
    }
}
