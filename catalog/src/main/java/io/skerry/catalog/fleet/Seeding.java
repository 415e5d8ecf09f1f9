package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Endable;
import io.skerry.catalog.progress.Progress;
import io.skerry.engine.GroupId;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The way of one database to its content, while it lasts: how far it is, and its end before its time.
/// Thread-safe.
public final class Seeding {

    /// What is done at present.
    public enum Step {
        /// A database file is made of a dump, or an uploaded one is checked.
        PREPARING,
        /// Pages go into the log of the group.
        FILLING
    }

    /// @param bytes done in this step; of all of them 0 if their number is not known
    public record Status(Step step, Progress.Mark bytes) {}

    private record Present(Step step, Progress progress) {}

    private final OrganizationId organization;
    private final GroupId group;
    private final String database;
    private final Endable work = new Endable();
    private volatile @Nullable Present present;

    /// @param database its name
    Seeding(OrganizationId organization, GroupId group, String database) {
        this.organization = organization;
        this.group = group;
        this.database = database;
    }

    boolean isOf(OrganizationId owner, String name) {
        return organization.equals(owner) && database.equals(name);
    }

    public GroupId group() {
        return group;
    }

    /// Empty before the first step, and where there is none.
    public Optional<Status> status() {
        Present now = present;
        return now == null ? Optional.empty() : Optional.of(new Status(now.step, now.progress.mark()));
    }

    /// Does the first step on the calling thread.
    ///
    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE if it was ended
    <T> T prepare(Function<Progress, T> piece) {
        Progress progress = begin(Step.PREPARING);
        return work.run(() -> piece.apply(progress));
    }

    /// As above, the last one.
    void fill(Consumer<Progress> piece) {
        Progress progress = begin(Step.FILLING);
        work.run(() -> piece.accept(progress));
    }

    private Progress begin(Step step) {
        Progress progress = new Progress();
        present = new Present(step, progress);
        return progress;
    }

    /// @param because a sentence for whoever waits for it
    void end(String because) {
        work.end(because);
    }

    /// Ends with whoever asked for it.
    Requester.Watch endWith(Requester requester) {
        return requester.watch(() -> end("whoever asked for database " + database + " went away before its end"));
    }
}
