package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.token.Caller;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A request that may be answered: its operation was found, its caller is known and has the right. What a token
/// that is restricted to a group may see is decided here too.
public final class Call {

    private final Catalog catalog;
    private final Caller caller;
    private final @Nullable Organization organization;
    private final Map<String, String> parameters;
    private final Function<String, Optional<String>> query;
    private final byte[] body;
    private final Actor actor;

    Call(
            Catalog catalog,
            Caller caller,
            @Nullable Organization organization,
            Map<String, String> parameters,
            Function<String, Optional<String>> query,
            byte[] body,
            Actor actor) {
        this.catalog = catalog;
        this.caller = caller;
        this.organization = organization;
        this.parameters = Map.copyOf(parameters);
        this.query = query;
        this.body = body;
        this.actor = actor;
    }

    public Caller caller() {
        return caller;
    }

    public Actor actor() {
        return actor;
    }

    /// The organization that the path, or the token, names.
    public Organization organization() {
        if (organization == null) {
            throw new IllegalStateException("the operation is outside of organizations");
        }
        return organization;
    }

    /// A parameter of the operation's path.
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalStateException("the operation's path has no parameter " + name);
        }
        return value;
    }

    /// A parameter of the query; an empty one counts as absent.
    public Optional<String> query(String name) {
        return query.apply(name).filter(value -> !value.isEmpty());
    }

    /// @throws ApiException 400 if it is neither empty nor a JSON object
    public Body body() {
        return Body.parse(body);
    }

    /// The group that the path names.
    ///
    /// @throws ApiException 404 `group not found`; 403 if the token is restricted to another
    public Group group() {
        return group(parameter("group")).orElseThrow(() -> new ApiException(404, "group not found"));
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
        return caller.token().group() == null
                || group.id().equals(caller.token().group());
    }

    /// The database that the path names.
    ///
    /// @throws ApiException 404; 403 if the token is restricted to another group
    public DatabaseRoute database() {
        String name = parameter("database");
        DatabaseRoute route = catalog.byName(organization().slug(), name)
                .orElseThrow(() ->
                        new ApiException(404, "could not find database with name " + name + ": record not found"));
        requireReach(route.group());
        return route;
    }

    private void requireReach(Group group) {
        if (!reaches(group)) {
            throw new ApiException(403, "the token is restricted to another group");
        }
    }
}
