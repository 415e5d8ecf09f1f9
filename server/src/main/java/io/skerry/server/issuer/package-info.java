/// Fetches what issuers of tokens outside the platform publish. Its addresses come from users: it must
/// never be a way to what only this machine or its network can reach.
@NullMarked
package io.skerry.server.issuer;

import org.jspecify.annotations.NullMarked;
