package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.Names;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.location.LocationCode;
import java.net.URI;

/// The host names that databases and their instances have, with the port where it is not the scheme's own, and what
/// stands for a host name where there are none ([DatabaseAddress#PATH]).
final class HostNames {

    private static final int LABEL_MAX = 63;
    /// With it as a database's primary region, and with nothing else, the `turso` command speaks plain HTTP.
    private static final String PLAIN_REGION = "local";

    private final Catalog catalog;
    private final URI publicUrl;
    private final DatabaseAddress form;

    HostNames(Catalog catalog, URI publicUrl, DatabaseAddress form) {
        this.catalog = catalog;
        this.publicUrl = publicUrl;
        this.form = form;
    }

    /// As somebody sees them who reaches a node by that URL.
    HostNames at(URI node) {
        return new HostNames(catalog, node, form);
    }

    /// What a database answers as its primary region.
    String region(LocationCode primary) {
        boolean plain = form == DatabaseAddress.PATH && "http".equals(publicUrl.getScheme());
        return plain ? PLAIN_REGION : primary.value();
    }

    String database(DatabaseInfo database, String organization) {
        return address(Names.label(database.name(), organization), publicUrl);
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
        return address(label, node);
    }

    private String address(String label, URI node) {
        String host = publicUrl.getHost() + port(node);
        return switch (form) {
            case HOST -> label + "." + host;
            case PATH -> host + "/db/" + label;
        };
    }

    private static String port(URI url) {
        boolean usual = url.getPort() < 0
                || (url.getPort() == 443 && "https".equals(url.getScheme()))
                || (url.getPort() == 80 && "http".equals(url.getScheme()));
        return usual ? "" : ":" + url.getPort();
    }
}
