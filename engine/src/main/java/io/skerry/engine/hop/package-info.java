/// What a node says beside a request that it hands on to another one, whatever the request is: the modules of
/// the protocols share nothing else below them. Plain texts; how they travel is the affair of who sends and takes them.
@NullMarked
package io.skerry.engine.hop;

import org.jspecify.annotations.NullMarked;
