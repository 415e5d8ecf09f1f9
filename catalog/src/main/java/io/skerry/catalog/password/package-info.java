/// Passwords of accounts, and the sessions that they open. Only hashes are kept, of both; what a stranger may
/// find out by timing is nothing.
@NullMarked
package io.skerry.catalog.password;

import org.jspecify.annotations.NullMarked;
