/// What the platform knows: organizations, groups, locations, databases, tokens, audit. A SQLite database in the
/// group named `system`, so it is replicated, recovered and backed up like any other. [Catalog] is the way in;
/// one package per noun beneath it. Never knows HTTP.
@NullMarked
package io.skerry.catalog;

import org.jspecify.annotations.NullMarked;
