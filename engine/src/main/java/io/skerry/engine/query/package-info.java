/// Statements and their results: programs, sessions, the writer and the readers that run them, and what SQL is
/// allowed. Knows nothing of protocols above it or of the log below it.
@NullMarked
package io.skerry.engine.query;

import org.jspecify.annotations.NullMarked;
