package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Databases and their instances.
final class DatabaseOperations {

    private static final String DEFAULT_GROUP = "default";
    private static final Pattern SIZE = Pattern.compile("\\d{1,15}([kmgt]?b)?", Pattern.CASE_INSENSITIVE);
    private static final long UNLIMITED = -1;

    private final Catalog catalog;
    private final Fleet fleet;
    private final Views views;

    DatabaseOperations(Catalog catalog, Fleet fleet, Views views) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.views = views;
    }

    ObjectNode list(Call call) {
        long limit = call.query("limit").map(DatabaseOperations::limit).orElse(UNLIMITED);
        String after =
                call.query("cursor").map(DatabaseOperations::decodeCursor).orElse("");
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("databases");
        ObjectNode pagination = answer.putObject("pagination").putNull("next");
        List<DatabaseInfo> found = find(call, after, limit);
        boolean more = limit != UNLIMITED && found.size() > limit;
        List<DatabaseInfo> page = more ? found.subList(0, (int) limit) : found;
        for (DatabaseInfo database : page) {
            catalog.group(database.group())
                    .ifPresent(group -> list.add(views.database(database, group, call.organization())));
        }
        if (more) {
            pagination.put("next", encodeCursor(page.getLast().name()));
        }
        return answer;
    }

    /// One more than `limit`, to see whether there are more.
    private List<DatabaseInfo> find(Call call, String after, long limit) {
        GroupId group = call.query("group")
                .map(name -> call.group(name).orElseThrow(() -> new ApiException(404, "group not found")))
                .map(Group::id)
                .orElse(call.caller().token().group());
        Optional<String> parentText = call.query("parent");
        DatabaseId parent = parentText.flatMap(DatabaseOperations::id).orElse(null);
        // Multi-database schemas do not exist here, so nothing has one or is one.
        boolean none = (parentText.isPresent() && parent == null)
                || call.query("schema").isPresent()
                || call.query("type").filter("schema"::equals).isPresent();
        return none
                ? List.of()
                : catalog.read(sql -> Databases.page(
                        sql,
                        call.organization().id(),
                        group,
                        parent,
                        after,
                        limit == UNLIMITED ? UNLIMITED : limit + 1));
    }

    ObjectNode create(Call call) {
        Body body = call.body();
        refuse(body, "seed", "is_schema", "schema", "remote_encryption");
        String sizeLimit = body.text("size_limit").orElse("");
        if (!sizeLimit.isEmpty() && !SIZE.matcher(sizeLimit).matches()) {
            throw new ApiException(400, "invalid size_limit: " + Shown.of(sizeLimit));
        }
        Group group = call.group(body.text("group").orElse(DEFAULT_GROUP))
                .orElseThrow(() -> new ApiException(400, "group not found"));
        DatabaseInfo database = fleet.createDatabase(
                call.organization(), group, body.text("name").orElse(""), sizeLimit, call.actor());
        ObjectNode answer = Views.object();
        ObjectNode view = views.database(database, group, call.organization());
        view.put("IssuedCertCount", 0).put("IssuedCertLimit", 0);
        answer.set("database", view);
        return answer.put("username", call.caller().user().username()).put("password", "");
    }

    ObjectNode get(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode answer = Views.object();
        answer.set("database", views.database(route.database(), route.group(), route.organization()));
        return answer;
    }

    ObjectNode delete(Call call) {
        DatabaseRoute route = call.database();
        fleet.deleteDatabase(route, call.actor());
        return Views.object().put("database", route.database().name());
    }

    ObjectNode instances(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("instances");
        for (GroupLocation place : route.group().places()) {
            list.add(views.instance(place, route.database(), route.group(), route.organization()));
        }
        return answer;
    }

    ObjectNode instance(Call call) {
        DatabaseRoute route = call.database();
        String name = call.parameter("instance");
        GroupLocation place = route.group().places().stream()
                .filter(candidate -> candidate.code().value().equals(name))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        404,
                        "could not find instance " + Shown.of(name) + " of database "
                                + route.database().name()));
        ObjectNode answer = Views.object();
        answer.set("instance", views.instance(place, route.database(), route.group(), route.organization()));
        return answer;
    }

    /// A database must never be created as something else than what was asked for.
    private static void refuse(Body body, String... notYet) {
        for (String key : notYet) {
            if (!body.isBlank(key)) {
                throw new ApiException(400, key + " is not supported");
            }
        }
    }

    private static long limit(String text) {
        if (!text.matches("\\d{1,9}") || Long.parseLong(text) == 0) {
            throw new ApiException(400, "invalid limit: " + Shown.of(text));
        }
        return Long.parseLong(text);
    }

    private static String encodeCursor(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decodeCursor(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "invalid cursor");
        }
    }

    private static Optional<DatabaseId> id(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(DatabaseId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
