/// The Hrana protocol over HTTP: codecs, streams with batons, endpoints, forwarding of what another node must
/// answer. Never knows organizations, locations or Raft: a [DatabaseAccess] tells it which database a request
/// means and what it may do there.
@NullMarked
package io.skerry.hrana;

import org.jspecify.annotations.NullMarked;
