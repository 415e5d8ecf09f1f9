package io.skerry.catalog.upload;

import java.time.Duration;

/// @param bytes of one upload
/// @param totalBytes of all uploads of the node that wait to be used
/// @param ownerBytes of those of one organization
/// @param databaseBytes of the file that is made of a dump
/// @param valueBytes of a row, text or blob in it
/// @param pageSize of that file
/// @param reserveBytes that uploads leave free on the disk
/// @param kept how long one waits to be used, or for its next chunk
/// @param usedPerOwner how many uploads of one organization are in use at once
/// @param received bodies being received at once; of one organization, half of them
/// @param receiveWait of one more, until one of those has ended
public record UploadLimits(
        long bytes,
        long totalBytes,
        long ownerBytes,
        long databaseBytes,
        int valueBytes,
        int pageSize,
        long reserveBytes,
        Duration kept,
        int usedPerOwner,
        int received,
        Duration receiveWait) {}
