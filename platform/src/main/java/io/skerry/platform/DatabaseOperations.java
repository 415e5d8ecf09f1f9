package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.fleet.Seed;
import io.skerry.catalog.fleet.Seeding;
import io.skerry.catalog.group.Group;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Databases.
final class DatabaseOperations {

    private static final String DEFAULT_GROUP = "default";
    private static final long UNLIMITED = -1;

    private final Catalog catalog;
    private final Fleet fleet;
    private final Views views;
    private final Requester requester;

    /// @param requester the client of the calling thread
    DatabaseOperations(Catalog catalog, Fleet fleet, Views views, Requester requester) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.views = views;
        this.requester = requester;
    }

    ObjectNode list(Call call) {
        GroupId group = call.query("group")
                .map(name -> call.group(name).orElseThrow(DatabaseOperations::noGroup))
                .map(Group::id)
                .orElse(call.caller().token().group());
        // Multi-database schemas do not exist here, so nothing has one or is one.
        boolean none = call.query("schema").isPresent()
                || call.query("type").filter("schema"::equals).isPresent();
        return list(call, group, call.query("parent"), none);
    }

    ObjectNode listById(Call call) {
        GroupId group = call.query("group_id")
                .map(id -> call.groupById(id).orElseThrow(DatabaseOperations::noGroup))
                .map(Group::id)
                .orElse(call.caller().token().group());
        return list(call, group, call.query("parent_db_id"), false);
    }

    private ObjectNode list(Call call, @Nullable GroupId group, Optional<String> parent, boolean none) {
        long limit = call.query("limit").map(DatabaseOperations::limit).orElse(UNLIMITED);
        String after =
                call.query("cursor").map(DatabaseOperations::decodeCursor).orElse("");
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("databases");
        ObjectNode pagination = answer.putObject("pagination").putNull("next");
        List<DatabaseInfo> found = none ? List.of() : find(call, group, parent, after, limit);
        boolean more = limit != UNLIMITED && found.size() > limit;
        List<DatabaseInfo> page = more ? found.subList(0, (int) limit) : found;
        for (DatabaseInfo database : page) {
            catalog.group(database.group())
                    .ifPresent(of -> list.add(views.of(call).database(database, of, call.organization())));
        }
        if (more) {
            pagination.put("next", encodeCursor(page.getLast().name()));
        }
        return answer;
    }

    /// One more than `limit`, to see whether there are more.
    private List<DatabaseInfo> find(
            Call call, @Nullable GroupId group, Optional<String> parentText, String after, long limit) {
        DatabaseId parent = parentText.flatMap(Call::uuid).map(DatabaseId::new).orElse(null);
        return parentText.isPresent() && parent == null
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
        Group group = call.group(call.body().text("group").orElse(DEFAULT_GROUP))
                .orElseThrow(() -> new ApiException(400, "group not found"));
        return create(call, group, seed(call));
    }

    /// Without a group, a copy goes where its original is.
    ObjectNode createById(Call call) {
        Optional<Seed> seed = seed(call);
        Optional<String> id = call.body().text("group_id");
        Group group = id.isPresent()
                ? call.groupById(id.get()).orElseThrow(() -> new ApiException(400, "group not found"))
                : seed.filter(Seed.Copy.class::isInstance)
                        .map(copy -> ((Seed.Copy) copy).original().group())
                        .or(() -> call.group(DEFAULT_GROUP))
                        .orElseThrow(() -> new ApiException(400, "group not found"));
        return create(call, group, seed);
    }

    private ObjectNode create(Call call, Group group, Optional<Seed> seed) {
        Body body = call.body();
        refuse(body, "is_schema", "schema", "remote_encryption");
        String name = body.text("name").orElse("");
        SizeLimit sizeLimit = SizeLimit.parse(body.text("size_limit").orElse(""));
        DatabaseInfo database = seed.isPresent()
                ? fleet.createDatabase(call.organization(), group, name, sizeLimit, seed.get(), call.actor(), requester)
                : fleet.createDatabase(call.organization(), group, name, sizeLimit, call.actor());
        ObjectNode answer = Views.object();
        ObjectNode view = views.of(call).database(database, group, call.organization());
        view.put("IssuedCertCount", 0).put("IssuedCertLimit", 0);
        answer.set("database", view);
        return answer.put("username", call.caller().user().username()).put("password", "");
    }

    /// What the new database takes its content from; empty if it is to be empty.
    private static Optional<Seed> seed(Call call) {
        Body body = call.body();
        // An empty list is a mistake, and no word for an empty database.
        if (body.member("seed")
                .map(node -> node.isTextual() && node.textValue().isEmpty())
                .orElse(true)) {
            return Optional.empty();
        }
        Body seed = body.object("seed");
        String type = seed.text("type").orElse("");
        return switch (type) {
            case "database" -> Optional.of(copy(call, seed));
            case "dump" ->
                Optional.of(new Seed.Dump(DumpOperations.place(
                        seed.text("url").orElseThrow(() -> new ApiException(400, "invalid seed: url is missing")))));
            case "database_upload" -> Optional.of(new Seed.Upload());
            default ->
                throw new ApiException(
                        400,
                        "invalid seed: type " + Shown.of(type)
                                + " is not supported, only database, database_upload and dump are");
        };
    }

    private static Seed copy(Call call, Body seed) {
        if (!seed.isBlank("timestamp")) {
            throw new ApiException(
                    400, "invalid seed: no history is kept, so a database is copied as of now, without a timestamp");
        }
        String name = seed.text("name")
                .or(() -> seed.text("value"))
                .orElseThrow(() -> new ApiException(400, "invalid seed: name is missing"));
        DatabaseRoute original = call.database(name)
                .orElseThrow(() -> new ApiException(400, "invalid seed: there is no database " + Shown.of(name)));
        if (original.database().isDraft()) {
            throw new ApiException(400, "invalid seed: database " + name + " waits for its content itself");
        }
        if (original.database().blockReads()) {
            throw new ApiException(400, "invalid seed: reads of database " + name + " are blocked");
        }
        return new Seed.Copy(original);
    }

    ObjectNode get(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode answer = Views.object();
        answer.set("database", views.of(call).database(route.database(), route.group(), route.organization()));
        return answer;
    }

    /// As [#get], with what version 3 of the API has in place of the configuration.
    ObjectNode getById(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode view = views.of(call).database(route.database(), route.group(), route.organization());
        view.set("allow_rules_config", DatabaseConfigurationOperations.allowRules(route.database()));
        ObjectNode answer = Views.object();
        answer.set("database", view);
        return answer;
    }

    ObjectNode delete(Call call) {
        DatabaseRoute route = call.database();
        fleet.deleteDatabase(route, call.actor());
        return Views.object().put("database", route.database().name());
    }

    ObjectNode refuseToWake(Call call) {
        DatabaseRoute route = call.database();
        throw new ApiException(400, InstanceOperations.part(route) + ": unarchive the group instead");
    }

    ObjectNode refuseToTransfer(Call call) {
        DatabaseRoute route = call.database();
        throw new ApiException(400, InstanceOperations.part(route) + ": transfer the group instead");
    }

    /// The servers of a database are the nodes, whose version is not the API's matter.
    ObjectNode update(Call call) {
        call.database();
        return Views.object();
    }

    /// How far the content of a database is that is being made: before its end there may be no such
    /// database.
    ObjectNode seedProgress(Call call) {
        GroupId only = call.caller().token().group();
        ObjectNode answer = Views.object().putNull("seed");
        fleet.seeding(call.organization().id(), call.parameter("database"))
                .filter(seeding -> only == null || only.equals(seeding.group()))
                .flatMap(Seeding::status)
                .ifPresent(status -> answer.putObject("seed")
                        .put("step", status.step().name().toLowerCase(Locale.ROOT))
                        .put("bytes_done", status.bytes().done())
                        .put("bytes_total", status.bytes().all()));
        return answer;
    }

    ObjectNode refuseToSeed(Call call) {
        call.database();
        throw new ApiException(400, "a database takes its content when it is created: name the seed there");
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

    private static ApiException noGroup() {
        return new ApiException(404, "group not found");
    }
}
