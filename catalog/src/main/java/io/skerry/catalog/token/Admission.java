package io.skerry.catalog.token;

import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.engine.query.SessionOptions;
import java.util.function.Predicate;

/// What a token lets its bearer do with one database.
///
/// @param counts whether the key that signed it, or the issuer whose key that is, still does so with the database as
///     it is now. How old the token is does not matter here: it ends no stream that began in time. Answers from memory.
public record Admission(SessionOptions rights, Predicate<DatabaseRoute> counts) {}
