package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.token.Caller;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A request that may be answered: its operation was found, its caller is known and has the right. What a token
/// that is restricted to a group may see is decided here too.
public final class Call {

    private final Catalog catalog;
    private final @Nullable Caller caller;
    private final Access.@Nullable Place place;
    private final Map<String, String> parameters;
    private final Function<String, List<String>> query;
    private final Function<String, Optional<String>> header;
    private final byte[] body;
    private final Supplier<InputStream> stream;
    private final Actor actor;
    private final URI node;

    Call(
            Catalog catalog,
            @Nullable Caller caller,
            Access.@Nullable Place place,
            Map<String, String> parameters,
            Function<String, List<String>> query,
            Function<String, Optional<String>> header,
            byte[] body,
            Supplier<InputStream> stream,
            Actor actor,
            URI node) {
        this.catalog = catalog;
        this.caller = caller;
        this.place = place;
        this.parameters = Map.copyOf(parameters);
        this.query = query;
        this.header = header;
        this.body = body;
        this.stream = stream;
        this.actor = actor;
        this.node = node;
    }

    public Caller caller() {
        if (caller == null) {
            throw new IllegalStateException("the operation needs no token");
        }
        return caller;
    }

    public Actor actor() {
        return actor;
    }

    /// Public URL of the node that the client asked, which may have handed the request on.
    URI node() {
        return node;
    }

    /// The organization that the path, or the token, names.
    public Organization organization() {
        return place().organization();
    }

    /// What the caller is in [#organization].
    public Role role() {
        return place().role();
    }

    private Access.Place place() {
        if (place == null) {
            throw new IllegalStateException("the operation is outside of organizations");
        }
        return place;
    }

    /// A parameter of the operation's path.
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalStateException("the operation's path has no parameter " + name);
        }
        return value;
    }

    /// A parameter of the query, the first of several; an empty one counts as absent.
    public Optional<String> query(String name) {
        return query.apply(name).stream().findFirst().filter(value -> !value.isEmpty());
    }

    /// What a parameter is in the query, and in a form in the body: one value, unless the request has a
    /// mistake.
    ///
    /// @throws ApiException 400 if the form cannot be read
    List<String> fields(String name) {
        return Stream.concat(query.apply(name).stream(), form().all(name).stream())
                .toList();
    }

    private FormData form() {
        return header("Content-Type")
                .filter(type -> type.toLowerCase(Locale.ROOT).startsWith(FormData.TYPE))
                .map(type -> FormData.parse(body))
                .orElse(FormData.NONE);
    }

    /// A header of the request; an empty one counts as absent.
    public Optional<String> header(String name) {
        return header.apply(name).filter(value -> !value.isEmpty());
    }

    /// @throws ApiException 400 if it is neither empty nor a JSON object
    public Body body() {
        return Body.parse(body);
    }

    /// The body of an operation that streams; whoever asks reads it to its end or answers an error.
    InputStream stream() {
        return stream.get();
    }

    /// The group that the path names, by its name or, in version 3 of the API, its id.
    ///
    /// @throws ApiException 404 `group not found`; 403 if the token is restricted to another
    public Group group() {
        String name = parameters.get("group");
        return (name == null ? groupById(parameter("groupId")) : group(name))
                .orElseThrow(() -> new ApiException(404, "group not found"));
    }

    /// @throws ApiException 403 if the token is restricted to another
    public Optional<Group> groupById(String text) {
        Optional<Group> group = uuid(text)
                .flatMap(id -> catalog.group(new GroupId(id)))
                .filter(found -> found.organization().equals(organization().id()));
        group.ifPresent(this::requireReach);
        return group;
    }

    /// @throws ApiException 403 if the token is restricted to another
    public Optional<Group> group(String name) {
        Optional<Group> group =
                catalog.read(sql -> Groups.byName(sql, organization().id(), name));
        group.ifPresent(this::requireReach);
        return group;
    }

    /// Whether the token reaches the group.
    public boolean reaches(Group group) {
        GroupId only = caller().token().group();
        return only == null || only.equals(group.id());
    }

    /// The database that the path names, by its name or, in version 3 of the API, its id.
    ///
    /// @throws ApiException 404; 403 if the token is restricted to another group
    public DatabaseRoute database() {
        String name = parameters.get("database");
        return name == null
                ? required(databaseById(parameter("databaseId")), "id " + Shown.of(parameter("databaseId")))
                : databaseNamed(name);
    }

    /// @throws ApiException 404; 403 if the token is restricted to another group
    public DatabaseRoute databaseNamed(String name) {
        return required(database(name), "name " + name);
    }

    private DatabaseRoute required(Optional<DatabaseRoute> found, String what) {
        return found.orElseThrow(
                () -> new ApiException(404, "could not find database with " + what + ": record not found"));
    }

    /// @throws ApiException 403 if the token is restricted to another group
    public Optional<DatabaseRoute> database(String name) {
        return catalog.byName(organization().slug(), name).map(this::reachable);
    }

    private DatabaseRoute reachable(DatabaseRoute route) {
        requireReach(route.group());
        return route;
    }

    private Optional<DatabaseRoute> databaseById(String text) {
        return uuid(text)
                .flatMap(id -> catalog.byId(new DatabaseId(id)))
                .filter(route -> route.organization().id().equals(organization().id()))
                .map(this::reachable);
    }

    static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void requireReach(Group group) {
        if (!reaches(group)) {
            throw new ApiException(403, "the token is restricted to another group");
        }
    }
}
