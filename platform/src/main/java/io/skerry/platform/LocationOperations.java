package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.location.Location;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Locations;
import io.skerry.catalog.location.Node;
import java.net.URI;
import java.util.List;

/// The locations that nodes serve.
final class LocationOperations {

    private static final int NEIGHBOURS = 3;

    private final Catalog catalog;
    private final URI publicUrl;

    LocationOperations(Catalog catalog, URI publicUrl) {
        this.catalog = catalog;
        this.publicUrl = publicUrl;
    }

    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        answer.set("locations", descriptions());
        return answer;
    }

    ObjectNode listByPlatform(Call call) {
        ObjectNode answer = Views.object();
        answer.putObject("locations").set("self-hosted", descriptions());
        return answer;
    }

    /// Where the node is that answers: who reached this one by the shortest way is near it.
    ObjectNode closest(Call call) {
        String code = catalog.nodes().stream()
                .filter(node -> node.http().equals(publicUrl))
                .map(Node::location)
                .findFirst()
                .or(() -> catalog.locations().stream().findFirst())
                .map(LocationCode::value)
                .orElseThrow(() -> new ApiException(503, "no node is registered yet: try again"));
        return Views.object().put("server", code).put("client", code);
    }

    ObjectNode get(Call call) {
        List<LocationCode> available = catalog.locations();
        LocationCode code = LocationCode.parse(call.parameter("location"))
                .filter(available::contains)
                .orElseThrow(() -> new ApiException(404, "location not found"));
        ObjectNode answer = Views.object();
        ObjectNode location = answer.putObject("location")
                .put("code", code.value())
                .put("description", Locations.describe(code).description());
        ArrayNode closest = location.putArray("closest");
        for (Location neighbour : Locations.closest(code, available, NEIGHBOURS)) {
            closest.addObject().put("code", neighbour.code().value()).put("description", neighbour.description());
        }
        return answer;
    }

    private ObjectNode descriptions() {
        ObjectNode map = Views.object();
        for (LocationCode code : catalog.locations()) {
            map.put(code.value(), Locations.describe(code).description());
        }
        return map;
    }
}
