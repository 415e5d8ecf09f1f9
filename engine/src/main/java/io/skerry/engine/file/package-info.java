/// Database files that come from outside: whether one may be served. It knows nothing of where they
/// come from. And whole directories ([FileTree]).
@NullMarked
package io.skerry.engine.file;

import org.jspecify.annotations.NullMarked;
