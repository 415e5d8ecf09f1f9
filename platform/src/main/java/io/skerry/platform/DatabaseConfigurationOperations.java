package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.AddressRules;
import io.skerry.catalog.database.DatabaseChange;
import io.skerry.catalog.database.DatabaseEdits;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.database.VpcRules;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.engine.DatabaseId;

/// What a database's owner allows and forbids. An answer to a change comes when the change counts on every node
/// that can be reached.
final class DatabaseConfigurationOperations {

    private final DatabaseEdits edits;
    private final Fleet fleet;

    DatabaseConfigurationOperations(Catalog catalog, Fleet fleet) {
        this.edits = new DatabaseEdits(catalog);
        this.fleet = fleet;
    }

    ObjectNode get(Call call) {
        return view(call.database().database());
    }

    ObjectNode change(Call call) {
        DatabaseId id = call.database().database().id();
        Body body = call.body();
        DatabaseChange change = new DatabaseChange(
                body.text("size_limit").map(SizeLimit::parse).orElse(null),
                body.flag("allow_attach").orElse(null),
                body.flag("block_reads").orElse(null),
                body.flag("block_writes").orElse(null),
                body.flag("delete_protection").orElse(null),
                body.texts("allowed_ips").map(AddressRules::parse).orElse(null),
                body.texts("allowed_aws_vpc_ids").map(VpcRules::parse).orElse(null));
        DatabaseInfo changed = edits.configure(id, change, call.actor());
        fleet.spread();
        return view(changed);
    }

    private static ObjectNode view(DatabaseInfo database) {
        ObjectNode view = Views.object()
                .put("size_limit", size(database.sizeLimit()))
                .put("allow_attach", database.allowAttach())
                .put("block_reads", database.blockReads())
                .put("block_writes", database.blockWrites())
                .put("delete_protection", database.deleteProtection());
        return view.setAll(allowRules(database));
    }

    /// Both lists, as the object of version 3 of the API has them too.
    static ObjectNode allowRules(DatabaseInfo database) {
        ObjectNode rules = Views.object();
        ArrayNode addresses = rules.putArray("allowed_ips");
        database.allowedIps().texts().forEach(addresses::add);
        ArrayNode endpoints = rules.putArray("allowed_aws_vpc_ids");
        database.allowedVpcs().ids().forEach(endpoints::add);
        return rules;
    }

    private static String size(SizeLimit limit) {
        return limit.text().isEmpty() ? "0" : limit.text();
    }
}
