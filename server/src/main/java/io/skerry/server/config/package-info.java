/// Every setting with its name, default, bounds and meaning, and where it may come from: flags,
/// environment, file, default.
@NullMarked
package io.skerry.server.config;

import org.jspecify.annotations.NullMarked;
