/// TLS: the certificate that a process shows, those that it trusts, and for development a certificate authority of
/// its own. Knows nothing of HTTP.
@NullMarked
package io.skerry.server.tls;

import org.jspecify.annotations.NullMarked;
