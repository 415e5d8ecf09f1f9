package io.skerry.server;

import io.skerry.engine.GroupId;
import io.skerry.engine.file.Deletions;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Groups that were taken off a node because the catalog did not name them. They are kept for a while: if it
/// was the catalog that was wrong, nothing is lost.
///
///     TIME_GROUP/databases   as it was beneath LOCATION/groups
///     TIME_GROUP/log         as it was beneath LOCATION/raft/log
final class Trash {

    /// What is older is deleted.
    static final Duration KEPT = Duration.ofDays(7);

    private static final Logger log = LoggerFactory.getLogger(Trash.class);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Deletions deletions;

    /// What is being deleted, or was.
    private final Set<Path> old = ConcurrentHashMap.newKeySet();

    /// @param deletions tries again what fails
    Trash(Path directory, Deletions deletions) {
        this.directory = directory;
        this.deletions = deletions;
    }

    /// Moves both in here; on one file system that is two renames. Either may not exist.
    void put(GroupId group, Path databases, Path groupLog, Instant now) {
        Path place = directory.resolve(TIME.format(now) + "_" + group);
        try {
            Files.createDirectories(place);
            move(groupLog, place.resolve("log"));
            move(databases, place.resolve("databases"));
        } catch (IOException e) {
            throw new UncheckedIOException("group " + group + " could not be moved to " + place, e);
        }
        log.warn("group {} was moved to {}; it is deleted after {} days", group, place, KEPT.toDays());
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /// Deletes what was put in longer ago than [#KEPT], now or by and by. What has a name of another form is not ours
    /// and stays.
    void deleteOld(Instant now) {
        if (Files.notExists(directory)) {
            return;
        }
        List<Path> entries;
        try (Stream<Path> all = Files.list(directory)) {
            entries = all.toList();
        } catch (IOException e) {
            log.warn("cannot look into {} for what is old: {}", directory, e.toString());
            return;
        }
        for (Path entry : entries) {
            if (isOld(String.valueOf(entry.getFileName()), now) && old.add(entry)) {
                log.info("{} is deleted: it was set aside more than {} days ago", entry, KEPT.toDays());
                deletions.run(entry.toString(), () -> FileTree.delete(entry));
            }
        }
    }

    private static boolean isOld(String name, Instant now) {
        int end = name.indexOf('_');
        try {
            return end > 0
                    && TIME.parse(name.substring(0, end), Instant::from)
                            .plus(KEPT)
                            .isBefore(now);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
