package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.QueryCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Groups and databases as they exist on nodes: creates, deletes and moves them, and keeps the catalog true to
/// it. Changes run on the node that leads the system group. Thread-safe; changes of one group's locations, its
/// archiving and its deletion enter the catalog one after the other, and creations under one name wait for each other.
///
/// The order of steps makes every change all or nothing: what is created exists on its node before the catalog
/// names it, and what is deleted leaves the catalog first. A crash in between leaves something on a node that the
/// catalog does not know; [#reconcile] removes it. Locations are the exception: the catalog says where a group is
/// to be, and whether it is archived, and its nodes follow, however long that takes.
public final class Fleet implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final GroupChanges groups;
    private final DatabaseChanges databases;
    private final Drafts drafts;
    private final Creations creations;
    private final Placement placement;
    private final LocationChanges locations;
    private final ArchiveChanges archives;
    private final Reconciler reconciler;
    private final Catalog catalog;
    private final Members members;
    private final UsageQuestions usage;
    private final FleetLimits limits;
    private final Background background;

    public Fleet(Catalog catalog, NodeClients nodes, FleetLimits limits, FleetSizes sizes) {
        this(catalog, nodes, limits, sizes, Background.threads());
    }

    public Fleet(Catalog catalog, NodeClients nodes, FleetLimits limits, FleetSizes sizes, Background background) {
        this.catalog = catalog;
        this.limits = limits;
        this.background = background;
        this.members = new Members(catalog, nodes);
        this.usage = new UsageQuestions(catalog, members);
        this.creations = new Creations();
        KeyedLocks<GroupId> changing = new KeyedLocks<>();
        this.placement = new Placement(catalog, members, limits, background, LOG::warn);
        this.groups = new GroupChanges(catalog, members, creations, changing, limits, sizes);
        FillOrders orders = new FillOrders();
        this.databases = new DatabaseChanges(catalog, members, creations, orders, limits, sizes);
        this.drafts = new Drafts(catalog, members, creations, orders, limits);
        this.locations = new LocationChanges(catalog, members, changing, placement, background, limits, sizes);
        this.reconciler = new Reconciler(catalog, members, creations, placement, drafts, limits, LOG::warn);
        this.archives =
                new ArchiveChanges(catalog, members, changing, placement, reconciler, background, limits, sizes);
    }

    /// Creates the group that a first start needs, unless it is there.
    ///
    /// @param organization slug
    public void bootstrap(String organization, String group, LocationCode primary) {
        groups.bootstrap(organization, group, primary);
    }

    /// Finishes what a crash left half done: removes groups, databases and members that the catalog does not
    /// name, and brings groups to where it does, which goes on in the background. To be called when the node has
    /// come to lead the system group, after [Catalog#migrate].
    ///
    /// @return false if something could not be seen to: to be called again after a while
    public boolean reconcile() {
        return reconciler.run();
    }

    /// What failed and waits for its next attempt is tried at once. To be called when the cause may have gone:
    /// this node has come to lead, or another one answers again.
    public void resume() {
        placement.resume();
    }

    /// @param extensions as JSON, empty if none were asked for
    /// @throws io.skerry.catalog.CatalogException INVALID name or location, EXISTS
    public Group createGroup(
            Organization organization, String name, LocationCode primary, String extensions, Actor actor) {
        return groups.create(organization, name, primary, extensions, actor);
    }

    /// Deletes the group with all its databases. Returns when the nodes that can be reached know, or after a while: who
    /// is told that it is gone finds it nowhere.
    ///
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND; INVALID while it is protected
    public void deleteGroup(Group group, Actor actor) {
        groups.delete(group, actor);
    }

    /// Takes the group out of use: its databases refuse every request, and cost its nodes no memory, thread or open
    /// file until [#unarchiveGroup]. Returns when its nodes have closed it, as far as they can be reached: others
    /// follow by themselves. Archiving one that is archived changes nothing.
    ///
    /// @return the group as it is now
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND
    public Group archiveGroup(Group group, Actor actor) {
        return archives.archive(group.id(), actor);
    }

    /// Takes an archived group into use again. Returns when its primary takes writes, or has not for
    /// [FleetLimits#membership]: it goes on then. Does nothing to one that is not archived.
    ///
    /// @return the group as it is now
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND; INVALID if a node has as many groups as it may
    public Group unarchiveGroup(Group group, Actor actor) {
        return archives.unarchive(group.id(), actor);
    }

    /// Makes the group's databases exist at `location` too: from the moment that the catalog says so, whatever
    /// fails then. Returns when the node there has become a member of the group, for which it has to have
    /// caught up; or when it could not at the first attempt, is not to be one any more, or
    /// [FleetLimits#addition] has passed: it goes on ([#awaitLocation], [#states]). Adding one that is there
    /// changes nothing, and waits likewise.
    ///
    /// @return the group as the catalog has it since
    /// @throws io.skerry.catalog.CatalogException INVALID if no node serves the location, or it is full
    public Group addLocation(Group group, LocationCode location, Actor actor) {
        return locations.add(group.id(), location, actor);
    }

    /// Deletes the group's databases at `location`, and ends what brings them there. Returns once that is done, or
    /// has taken [FleetLimits#removal]: it goes on then.
    ///
    /// @throws io.skerry.catalog.CatalogException INVALID if it is the primary or no location of the group
    public Group removeLocation(Group group, LocationCode location, Actor actor) {
        return locations.remove(group.id(), location, actor);
    }

    /// Waits until every database of the group answers at `location`.
    ///
    /// @return false if `limit` passed first
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND if it is no location of the group (any more)
    public boolean awaitLocation(Group group, LocationCode location, Duration limit) {
        return locations.await(group.id(), location, limit);
    }

    /// How the group fares at each of its locations, in their order. Never throws: what does not answer is down.
    public List<LocationState> states(Group group) {
        return members.states(group);
    }

    /// @throws io.skerry.catalog.CatalogException INVALID name, EXISTS, NAME_TAKEN
    public DatabaseInfo createDatabase(
            Organization organization, Group group, String name, SizeLimit sizeLimit, Actor actor) {
        return databases.create(organization, group, name, sizeLimit, null, actor, Requester.STAYS);
    }

    /// As [#createDatabase], with the content of `seed`. The writers of a database that is copied go
    /// on meanwhile. The new one has no name until it is complete; one whose content is yet to be
    /// uploaded has it, and no more, until [#activate].
    ///
    /// @throws io.skerry.catalog.CatalogException as [#createDatabase]; INVALID for a dump that
    ///     cannot be loaded
    public DatabaseInfo createDatabase(
            Organization organization, Group group, String name, SizeLimit sizeLimit, Seed seed, Actor actor) {
        return createDatabase(organization, group, name, sizeLimit, seed, actor, Requester.STAYS);
    }

    /// The same for somebody who may go away: before the catalog has the database it ends then, and
    /// leaves nothing.
    public DatabaseInfo createDatabase(
            Organization organization,
            Group group,
            String name,
            SizeLimit sizeLimit,
            Seed seed,
            Actor actor,
            Requester requester) {
        return databases.create(organization, group, name, sizeLimit, seed, actor, requester);
    }

    /// How the database of this name comes to its content, while it does. Known on the node that does
    /// it.
    public Optional<Seeding> seeding(OrganizationId organization, String database) {
        return creations.seeding(organization, database);
    }

    /// What a database used while its present organization had it. Of a location that does not answer in time
    /// counts what it has reported.
    ///
    /// @param from begin of the time, in which the hour or day counts whole
    /// @param to end of the time, as `from`
    public Usage usage(DatabaseRoute route, Instant from, Instant to) {
        DatabaseId id = route.database().id();
        return usage.usage(
                route.database().organization(), Map.of(route.group(), List.of(id)), Optional.of(id), from, to);
    }

    /// The same of all databases that an organization has or had.
    ///
    /// @param present those that it has
    public Usage usage(OrganizationId organization, Map<Group, List<DatabaseId>> present, Instant from, Instant to) {
        return usage.usage(organization, present, Optional.empty(), from, to);
    }

    /// Gives a draft the content that was uploaded for it. The upload is gone afterwards, or if it is at
    /// fault; otherwise the same can be tried again.
    ///
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND; EXISTS if it has its content already; INVALID
    ///     for a file that is not complete or cannot be served
    public DatabaseInfo activate(DatabaseRoute draft, UploadPlace place, Actor actor) {
        return activate(draft, place, actor, Requester.STAYS);
    }

    /// The same for somebody who may go away: it ends then, and can be tried again.
    public DatabaseInfo activate(DatabaseRoute draft, UploadPlace place, Actor actor, Requester requester) {
        return drafts.activate(draft, place, actor, requester);
    }

    /// Deletes the drafts that were created before a moment.
    public void deleteDraftsBefore(Instant moment) {
        drafts.deleteBefore(moment);
    }

    /// Returns as [#deleteGroup] does.
    ///
    /// @throws io.skerry.catalog.CatalogException NOT_FOUND; INVALID while it is protected
    public void deleteDatabase(DatabaseRoute route, Actor actor) {
        databases.delete(route.database().id(), actor);
    }

    /// The statements that read and wrote most in a database at all of its locations, those with the most
    /// rows first.
    public List<QueryCounts.Query> queries(DatabaseRoute route, Instant from, Instant to) {
        return usage.queries(route, from, to);
    }

    /// Waits, for a bounded time, until what the catalog says here is what it says on every node that can be
    /// reached: after the rotation of a key, before the caller is told.
    public void spread() {
        members.awaitCatalog(catalog.frame(), limits.spread());
    }

    /// Ends what goes on in the background; the next [#reconcile] anywhere resumes it.
    @Override
    public void close() {
        background.close();
    }
}
