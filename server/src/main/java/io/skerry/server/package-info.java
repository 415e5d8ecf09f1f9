/// One running process: what a person types (`command`), what may be set (`config`), and the node that is
/// started from it ([io.skerry.server.Node]). Everything else is built elsewhere; this module only joins
/// it.
@NullMarked
package io.skerry.server;

import org.jspecify.annotations.NullMarked;
