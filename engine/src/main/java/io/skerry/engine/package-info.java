/// Databases of a group on one node. The public face of the module: ids, errors, [Database], and the two seams
/// to replication, [CommitLog] (what the engine asks of the log) and [GroupState] (what the log asks of the
/// engine). Never knows Raft, HTTP, organizations or tokens.
@NullMarked
package io.skerry.engine;

import org.jspecify.annotations.NullMarked;
