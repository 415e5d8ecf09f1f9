package io.skerry.engine.query;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// One thing that a token may be allowed to do with a table.
public enum Permission {
    DATA_READ,
    /// `INSERT`.
    DATA_ADD,
    DATA_UPDATE,
    DATA_DELETE,
    /// `CREATE`: of the table itself, or of an index or a trigger of it.
    SCHEMA_ADD,
    /// `ALTER`.
    SCHEMA_UPDATE,
    /// `DROP`, with the same objects as [#SCHEMA_ADD].
    SCHEMA_DELETE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /// As the API and tokens write it.
    public String text() {
        return text;
    }

    public static Optional<Permission> parse(String text) {
        return Arrays.stream(values())
                .filter(permission -> permission.text.equals(text))
                .findFirst();
    }
}
