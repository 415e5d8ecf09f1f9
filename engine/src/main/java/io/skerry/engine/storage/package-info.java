/// Files of databases and their place in the log: the commit barrier, page apply, checkpoints, recovery,
/// copies for new members.
@NullMarked
package io.skerry.engine.storage;

import org.jspecify.annotations.NullMarked;
