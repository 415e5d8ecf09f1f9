/// The format of log entries: header, pages as byte ranges, checksums, compression. Pure functions over bytes;
/// specified in docs/log-format.md.
@NullMarked
package io.skerry.engine.entry;

import org.jspecify.annotations.NullMarked;
