package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.Names;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.location.LocationCode;
import java.net.URI;

/// The host names that databases and their instances have, with the port where it is not the scheme's own.
final class HostNames {

    private static final int LABEL_MAX = 63;

    private final Catalog catalog;
    private final URI publicUrl;

    HostNames(Catalog catalog, URI publicUrl) {
        this.catalog = catalog;
        this.publicUrl = publicUrl;
    }

    String database(DatabaseInfo database, String organization) {
        return Names.label(database.name(), organization) + "." + publicUrl.getHost() + port(publicUrl);
    }

    /// An instance answers at its own node; where its label would be too long, the database's name has to do.
    String instance(LocationCode location, DatabaseInfo database, String organization) {
        String label = location + "-" + Names.label(database.name(), organization);
        if (label.length() > LABEL_MAX) {
            return database(database, organization);
        }
        URI node = catalog.nodesAt(location).stream()
                .findFirst()
                .map(io.skerry.catalog.location.Node::http)
                .orElse(publicUrl);
        return label + "." + publicUrl.getHost() + port(node);
    }

    private static String port(URI url) {
        boolean usual = url.getPort() < 0
                || (url.getPort() == 443 && "https".equals(url.getScheme()))
                || (url.getPort() == 80 && "http".equals(url.getScheme()));
        return usual ? "" : ":" + url.getPort();
    }
}
