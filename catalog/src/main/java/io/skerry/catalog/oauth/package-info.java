/// Programs of others that a user lets in (OAuth 2.0, RFC 6749, authorization code with PKCE, RFC 7636):
/// which there are, the codes that they exchange, and the tokens that they get.
@NullMarked
package io.skerry.catalog.oauth;

import org.jspecify.annotations.NullMarked;
