package io.skerry.hrana;

import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What a request to the data plane asks for, read from its host name and path.
record Route(Endpoint endpoint, DatabaseAccess.Address address) {

    private static final String PATH_FORM = "/dev/";
    /// Followed by what would be the first label of a host name, for clients that cannot look such names up.
    private static final String LABEL_FORM = "/db/";

    enum Endpoint {
        PIPELINE_2("v2/pipeline"),
        PIPELINE_3("v3/pipeline"),
        DUMP("dump"),
        UPLOAD("v1/upload"),
        UPLOAD_START("v2/upload/start"),
        /// A later step of an upload that began: `v2/upload/<id>/…`.
        UPLOAD_STEP(""),
        HEALTH("health"),
        VERSION("version"),
        PROBE_2("v2"),
        PROBE_3("v3"),
        /// Addresses a database, but nothing that is served there.
        UNKNOWN("");

        private static final Endpoint[] ALL = values();
        private static final String STEPS = "v2/upload/";

        private final String path;

        Endpoint(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }

        /// The endpoint whose path is all that `whole` holds from `from` on.
        private static Endpoint at(String whole, int from) {
            int length = whole.length() - from;
            for (Endpoint endpoint : ALL) {
                if (endpoint.path.length() == length && length > 0 && whole.startsWith(endpoint.path, from)) {
                    return endpoint;
                }
            }
            return whole.startsWith(STEPS, from) ? UPLOAD_STEP : UNKNOWN;
        }
    }

    /// Null if the request does not address a database, nor what the data plane says of a whole node.
    ///
    /// @param host the `Host` header, with or without port; empty if absent
    /// @param path decoded, beginning with a slash
    static @Nullable Route parse(String host, String path, Predicate<String> ownHost) {
        if (path.startsWith(PATH_FORM)) {
            return ofPath(path);
        }
        if (path.startsWith(LABEL_FORM)) {
            return ofLabel(path);
        }
        String label = databaseLabel(host, ownHost);
        return label == null
                ? ofNode(path)
                : new Route(Endpoint.at(path, 1), new DatabaseAccess.Address.HostLabel(label));
    }

    /// What a node says of itself at its own address; and uploads, for which the `turso` command drops the
    /// part of the path that names the database.
    private static @Nullable Route ofNode(String path) {
        Endpoint endpoint = Endpoint.at(path, 1);
        return switch (endpoint) {
            case VERSION, PROBE_2, PROBE_3, UPLOAD, UPLOAD_START, UPLOAD_STEP ->
                new Route(endpoint, new DatabaseAccess.Address.OfToken());
            case DUMP, HEALTH, PIPELINE_2, PIPELINE_3, UNKNOWN -> null;
        };
    }

    /// `/dev/<database>/<endpoint>`, or, where what follows the first name is no endpoint,
    /// `/dev/<organization>/<database>/<endpoint>`. A client that resolves its endpoint against a base URL
    /// without a final slash, as @libsql/client does, drops the last name: `/dev/<endpoint>`.
    private static @Nullable Route ofPath(String path) {
        int first = PATH_FORM.length();
        Endpoint nameless = Endpoint.at(path, first);
        if (nameless != Endpoint.UNKNOWN) {
            return new Route(nameless, new DatabaseAccess.Address.OfToken());
        }
        int second = path.indexOf('/', first);
        if (second <= first) {
            return null;
        }
        String name = path.substring(first, second);
        Endpoint endpoint = Endpoint.at(path, second + 1);
        if (endpoint != Endpoint.UNKNOWN) {
            return new Route(endpoint, new DatabaseAccess.Address.Path(null, name));
        }
        int third = path.indexOf('/', second + 1);
        if (third <= second + 1) {
            return new Route(Endpoint.UNKNOWN, new DatabaseAccess.Address.Path(null, name));
        }
        String database = path.substring(second + 1, third);
        return new Route(Endpoint.at(path, third + 1), new DatabaseAccess.Address.Path(name, database));
    }

    /// `/db/<label>/<endpoint>`, or, as above, `/db/<endpoint>`.
    private static @Nullable Route ofLabel(String path) {
        int first = LABEL_FORM.length();
        Endpoint nameless = Endpoint.at(path, first);
        if (nameless != Endpoint.UNKNOWN) {
            return new Route(nameless, new DatabaseAccess.Address.OfToken());
        }
        int second = path.indexOf('/', first);
        if (second <= first) {
            return null;
        }
        return new Route(
                Endpoint.at(path, second + 1), new DatabaseAccess.Address.HostLabel(path.substring(first, second)));
    }

    /// The first label of a host name that means a database; null for this node's own names, addresses,
    /// `localhost` and names without a dot.
    static @Nullable String databaseLabel(String host, Predicate<String> ownHost) {
        int port = host.lastIndexOf(':');
        // An IPv6 address has brackets; it means no database whatever stands in them.
        if (host.startsWith("[")) {
            return null;
        }
        String name = port < 0 ? host : host.substring(0, port);
        int dot = name.indexOf('.');
        if (dot <= 0 || isAddress(name)) {
            return null;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return ownHost.test(lower) ? null : lower.substring(0, dot);
    }

    private static boolean isAddress(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '.' && (c < '0' || c > '9')) {
                return false;
            }
        }
        return true;
    }
}
