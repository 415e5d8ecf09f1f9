package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import java.nio.file.Path;

/// One dump of [Dumps]: its files, and whether they may be deleted. Thread-safe; whoever is told so
/// by [#end] or [#giveUp] deletes them, and is the only one.
final class UploadedDump {

    private enum State {
        WAITING,
        LOADING,
        BUILT
    }

    private final OrganizationId organization;
    private final Path text;
    private final Path database;
    private State state = State.WAITING;
    private boolean used;
    private boolean givenUp;
    private long endsAt;
    private volatile long bytes;

    UploadedDump(OrganizationId organization, Path text, Path database, long endsAt) {
        this.organization = organization;
        this.text = text;
        this.database = database;
        this.endsAt = endsAt;
    }

    OrganizationId organization() {
        return organization;
    }

    Path text() {
        return text;
    }

    Path database() {
        return database;
    }

    long bytes() {
        return bytes;
    }

    /// By the one thread that writes it.
    void grow(int more) {
        bytes += more;
    }

    /// Of [System#nanoTime].
    synchronized long endsAt() {
        return endsAt;
    }

    /// @return false if it is used, or was given up
    synchronized boolean begin(long nowEndsAt) {
        if (state != State.WAITING || givenUp) {
            return false;
        }
        state = State.LOADING;
        used = true;
        endsAt = nowEndsAt;
        return true;
    }

    /// The loading is over.
    ///
    /// @return whether it was given up meanwhile: its files are to be deleted
    synchronized boolean end() {
        state = State.BUILT;
        return givenUp;
    }

    /// @return whether its files are to be deleted now
    synchronized boolean giveUp() {
        givenUp = true;
        return state != State.LOADING;
    }

    synchronized boolean isGivenUp() {
        return givenUp;
    }

    synchronized boolean isBuilt() {
        return state == State.BUILT;
    }

    synchronized boolean wasUsed() {
        return used;
    }
}
