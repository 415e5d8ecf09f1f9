/// How nodes of a cluster speak to each other beside the log: orders of the catalog's leader, and
/// snapshots. HTTP on a port of its own, opened to nobody without the cluster's secret.
@NullMarked
package io.skerry.server.peer;

import org.jspecify.annotations.NullMarked;
