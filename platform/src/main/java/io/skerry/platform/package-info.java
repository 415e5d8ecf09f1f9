/// The Platform API over HTTP: one table of operations (`Operations`) from which routing, rights and the
/// coverage table in docs/api.md come. Never knows Raft or SQLite: it asks the catalog and the fleet.
@NullMarked
package io.skerry.platform;

import org.jspecify.annotations.NullMarked;
