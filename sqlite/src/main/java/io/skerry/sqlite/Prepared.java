package io.skerry.sqlite;

import org.jspecify.annotations.Nullable;

/// The first statement of a text, and where the rest begins.
///
/// @param statement null if there was only white space and comments up to `tail`
/// @param tail offset in the text, in bytes, of what follows the statement
public record Prepared(@Nullable Statement statement, int tail) {}
