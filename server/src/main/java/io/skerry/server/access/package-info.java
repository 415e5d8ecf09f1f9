/// Which database a request of the data plane means, and what its token allows there.
@NullMarked
package io.skerry.server.access;

import org.jspecify.annotations.NullMarked;
