/// What is changed of Ratis' own transport between nodes: when a leader talks to its followers. Knows nothing of
/// groups or databases.
@NullMarked
package io.skerry.raft.rpc;

import org.jspecify.annotations.NullMarked;
