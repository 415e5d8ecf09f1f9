package io.skerry.engine.storage;

import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;

/// An entry with pages, and its place in the log.
record IndexedPages(LogIndex index, LogEntry.Pages pages) {}
