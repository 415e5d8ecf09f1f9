package io.skerry.catalog.token;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import org.jspecify.annotations.Nullable;

/// Mints and verifies the tokens that clients show to a database. Thread-safe; verifying a token that was seen
/// before costs no signature check.
public final class DatabaseTokens {

    private final Catalog catalog;

    public DatabaseTokens(Catalog catalog) {
        this.catalog = catalog;
    }

    public enum Access {
        FULL,
        READ_ONLY
    }

    /// What the bearer may do with the database.
    ///
    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException 401 with the data plane's texts; 404 for a good token of another database
    public Access verify(DatabaseRoute route, @Nullable String authorization) {
        throw new UnsupportedOperationException(catalog + " " + route + (authorization == null));
    }
}
