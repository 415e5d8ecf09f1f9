package io.skerry.catalog.fleet;

import java.time.Duration;

/// @param bytes of one dump
/// @param totalBytes of all dumps of the node that wait to be used
/// @param databaseBytes of the file that is made of one
/// @param valueBytes of a row, text or blob in it
/// @param pageSize of that file
/// @param kept how long one waits to be used
public record DumpLimits(
        long bytes, long totalBytes, long databaseBytes, int valueBytes, int pageSize, Duration kept) {}
