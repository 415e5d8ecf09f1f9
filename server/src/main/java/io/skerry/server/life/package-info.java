/// Starting in order, stopping in reverse, and what a node keeps in its directory so that both stay safe.
@NullMarked
package io.skerry.server.life;

import org.jspecify.annotations.NullMarked;
