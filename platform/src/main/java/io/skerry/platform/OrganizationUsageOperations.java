package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.usage.Counters;
import io.skerry.catalog.usage.DatabaseUsage;
import io.skerry.catalog.usage.Usage;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;

/// What an organization has and used in the current month (UTC).
final class OrganizationUsageOperations {

    private final Catalog catalog;
    private final Clock clock;

    OrganizationUsageOperations(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
    }

    ObjectNode get(Call call) {
        Organization organization = call.organization();
        Instant now = clock.instant();
        Instant month = YearMonth.from(now.atOffset(ZoneOffset.UTC))
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
        return catalog.read(sql -> {
            List<DatabaseUsage> databases = Usage.of(sql, organization.id(), month, now);
            List<Group> groups = Groups.of(sql, organization.id());
            Counters total = databases.stream().map(DatabaseUsage::total).reduce(Counters.ZERO, Counters::plus);
            ObjectNode answer = Views.object();
            ObjectNode view = answer.putObject("organization")
                    .put("uuid", organization.id().toString());
            view.set(
                    "usage",
                    counters(total)
                            .put("databases", databases.size())
                            .put("groups", groups.size())
                            .put(
                                    "locations",
                                    groups.stream()
                                            .flatMap(group -> group.locations().stream())
                                            .distinct()
                                            .count()));
            ArrayNode list = view.putArray("databases");
            databases.forEach(database -> list.add(view(database)));
            return answer;
        });
    }

    /// The total twice: clients know it by either name.
    static ObjectNode view(DatabaseUsage database) {
        ObjectNode view = Views.object().put("uuid", database.database().toString());
        ArrayNode instances = view.putArray("instances");
        for (DatabaseUsage.Instance instance : database.instances()) {
            ObjectNode one = instances.addObject().put("uuid", instance.id().toString());
            one.set("usage", counters(instance.used()));
        }
        view.set("usage", counters(database.total()));
        view.set("total", counters(database.total()));
        return view;
    }

    private static ObjectNode counters(Counters used) {
        return Views.object()
                .put("rows_read", used.rowsRead())
                .put("rows_written", used.rowsWritten())
                .put("storage_bytes", used.storageBytes())
                .put("bytes_synced", used.bytesSynced());
    }
}
