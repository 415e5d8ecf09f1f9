package io.skerry.catalog.fleet;

import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// Says in the log how a group comes to a new location: that it begins, every few seconds how far it is, and how
/// it ended. One thread for each copy; whoever closes it before the location serves says that it was given up.
final class CopyProgress implements AutoCloseable {

    /// A copy that nobody could tell anything of for so many lines in a row is no longer watched.
    private static final int SILENT_LINES_MAX = 12;

    private static final double BYTES_PER_MB = 1e6;

    private final GroupId group;
    private final LocationCode location;
    private final NodeId node;
    private final NodeClient primary;
    private final FleetLimits limits;
    private final BooleanSupplier wanted;
    private final Consumer<String> log;
    private final long begun = System.nanoTime();
    private volatile boolean left;

    private CopyProgress(
            GroupId group,
            LocationCode location,
            NodeId node,
            NodeClient primary,
            FleetLimits limits,
            BooleanSupplier wanted,
            Consumer<String> log) {
        this.group = group;
        this.location = location;
        this.node = node;
        this.primary = primary;
        this.limits = limits;
        this.wanted = wanted;
        this.log = log;
    }

    /// To be called before the first byte moves.
    ///
    /// @param node that serves `location`
    /// @param wanted whether the location is still to be added; asked at every look
    static CopyProgress begin(
            GroupId group,
            LocationCode location,
            NodeId node,
            NodeClient primary,
            FleetLimits limits,
            BooleanSupplier wanted,
            Consumer<String> log) {
        CopyProgress progress = new CopyProgress(group, location, node, primary, limits, wanted, log);
        log.accept("group %s: copying to %s (node %s) begins".formatted(group, location, node));
        Thread.ofVirtual().name("copy-" + location).start(progress::watch);
        return progress;
    }

    private void watch() {
        long lastLine = begun;
        int silent = 0;
        try {
            while (!left && silent < SILENT_LINES_MAX) {
                Thread.sleep(limits.poll());
                if (!isWanted()) {
                    break;
                }
                Optional<MemberState> state = state();
                if (state.filter(MemberState::serving).isPresent()) {
                    log.accept(end(state.get()));
                    return;
                }
                if (!left && System.nanoTime() - lastLine >= limits.progress().toNanos()) {
                    lastLine = System.nanoTime();
                    silent = state.isPresent() ? 0 : silent + 1;
                    log.accept(state.map(this::underWay)
                            .orElseGet(() -> "group %s: the primary does not tell how far the copy to %s is"
                                    .formatted(group, location)));
                }
            }
            log.accept("group %s: copying to %s was given up after %d ms".formatted(group, location, millis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// What cannot be told is for the next look.
    private boolean isWanted() {
        try {
            return wanted.getAsBoolean();
        } catch (DatabaseException e) {
            return true;
        }
    }

    private Optional<MemberState> state() {
        try {
            return primary.members(group).stream()
                    .filter(member -> member.node().equals(node))
                    .findFirst();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    private String underWay(MemberState state) {
        return "group %s: copying to %s: %d of %d bytes after %d ms, lag %d entries, %d ms"
                .formatted(
                        group,
                        location,
                        state.bytesCopied(),
                        state.bytesTotal(),
                        millis(),
                        state.lagEntries(),
                        state.lagMillis());
    }

    private String end(MemberState state) {
        long millis = millis();
        double rate = state.bytesCopied() / BYTES_PER_MB / Math.max(1, millis) * 1000;
        return String.format(
                Locale.ROOT,
                "group %s: %s serves: %d bytes in %d ms (%.1f MB/s), lag %d entries, %d ms",
                group,
                location,
                state.bytesCopied(),
                millis,
                rate,
                state.lagEntries(),
                state.lagMillis());
    }

    private long millis() {
        return Duration.ofNanos(System.nanoTime() - begun).toMillis();
    }

    /// The location is not added after all.
    @Override
    public void close() {
        left = true;
    }
}
