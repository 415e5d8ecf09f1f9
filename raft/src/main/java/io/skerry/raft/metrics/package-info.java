/// In place of the measurements that Ratis makes of itself. Knows nothing of the rest.
@NullMarked
package io.skerry.raft.metrics;

import org.jspecify.annotations.NullMarked;
