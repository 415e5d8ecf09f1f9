/// The replicated log of a group, on Apache Ratis: appends with honest outcomes, membership, snapshots.
/// [GroupLog] is the only door to Ratis. Never knows SQL, HTTP, organizations or locations: a member is a node
/// with an address.
@NullMarked
package io.skerry.raft;

import org.jspecify.annotations.NullMarked;
