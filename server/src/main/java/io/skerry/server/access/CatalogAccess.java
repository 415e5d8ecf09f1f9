package io.skerry.server.access;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.database.AddressRules;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.token.Admission;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.token.TokenException;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Restrictions;
import io.skerry.hrana.AccessException;
import io.skerry.hrana.DatabaseAccess;
import io.skerry.raft.NodeId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the data plane from the catalog's memory and the groups of this node. Thread-safe; a request
/// costs two look-ups in maps and a hash of its token. One whose database or token is not known here may cost
/// a question to the catalog's leader before it is refused.
public final class CatalogAccess implements DatabaseAccess {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogAccess.class);

    private final Catalog catalog;
    private final DatabaseTokens tokens;
    private final Replication replication;
    private final Freshness freshness;

    public CatalogAccess(Catalog catalog, DatabaseTokens tokens, Replication replication, Freshness freshness) {
        this.catalog = catalog;
        this.tokens = tokens;
        this.replication = replication;
        this.freshness = freshness;
    }

    @Override
    public Target resolve(Address address, @Nullable String authorization) {
        try {
            return freshness.look(() -> known(address, authorization), e -> isMiss(e, authorization));
        } catch (DatabaseException e) {
            // The catalog is a database like any other: its file is being opened or rebuilt, or there is no room for
            // one more. That passes, and nothing of the request ran.
            LOG.warn("a request cannot be answered, because the catalog cannot be read: {}", e.getMessage());
            throw new AccessException(
                    e.isOverload() ? 429 : 503, "this node cannot look up databases at the moment; try again");
        }
    }

    /// Whether the database, or the key of the token, may be too new for this node.
    private static boolean isMiss(RuntimeException e, @Nullable String authorization) {
        return authorization != null
                && e instanceof AccessException refused
                && (refused.status() == 401 || refused.status() == 404);
    }

    private Target known(Address address, @Nullable String authorization) {
        FrameNo frame = catalog.frame();
        DatabaseRoute route = route(address, authorization);
        Admission admission = admit(route, authorization);
        if (route.group().archived()) {
            // By every node at once: its copy of the catalog says so, whatever its group does at the moment.
            throw archived(route);
        }
        if (route.database().isDraft()) {
            // No node has anything of it.
            return target(route, null, null, admission, frame);
        }
        Optional<ReplicatedGroup> group = replication.group(route.group().id());
        Database local = group.flatMap(g -> local(g, route)).orElse(null);
        URI primary = primary(route, group.orElse(null));
        if (local == null && primary == null) {
            boolean stopped = group.flatMap(ReplicatedGroup::trouble).isPresent();
            throw new AccessException(
                    503,
                    "database " + route.database().name()
                            + (stopped
                                    ? " is stopped on this node: its log and /health/groups say why"
                                    : " is not ready on this node yet; try again"));
        }
        return target(route, local, primary, admission, frame);
    }

    private Target target(
            DatabaseRoute route, @Nullable Database local, @Nullable URI primary, Admission admission, FrameNo frame) {
        return new Target(
                route.database().id().toString(),
                route.organization().id(),
                local,
                primary,
                admission.rights(),
                route.restrictions(),
                callers(route),
                route.database().isDraft(),
                new GroupAttachables(catalog, route),
                () -> now(route, admission, frame));
    }

    /// @param frame at which, or before which, the others were read
    private @Nullable Restrictions now(DatabaseRoute route, Admission admission, FrameNo frame) {
        if (catalog.frame().value() == frame.value()) {
            return route.restrictions();
        }
        return catalog.byId(route.database().id())
                .filter(admission.counts())
                .map(CatalogAccess::restrictions)
                .orElse(null);
    }

    private static Restrictions restrictions(DatabaseRoute route) {
        if (route.group().archived()) {
            throw archived(route);
        }
        return route.restrictions();
    }

    private static AccessException archived(DatabaseRoute route) {
        return AccessException.coded(route.group().archivedText(), "GROUP_ARCHIVED");
    }

    private static Callers callers(DatabaseRoute route) {
        if (!route.database().allowedVpcs().ids().isEmpty()) {
            return Callers.NOWHERE; // through which endpoint somebody came, nobody says whom a node could believe
        }
        AddressRules rules = route.database().allowedIps();
        return rules == AddressRules.NONE ? Callers.ANYWHERE : rules::allows;
    }

    /// Nothing while the group starts or stops here: another node can answer meanwhile.
    private static Optional<? extends Database> local(ReplicatedGroup group, DatabaseRoute route) {
        try {
            return group.store().database(route.database().id());
        } catch (DatabaseException e) {
            return Optional.empty();
        }
    }

    private DatabaseRoute route(Address address, @Nullable String authorization) {
        return switch (address) {
            case Address.HostLabel(String label) -> catalog.byLabel(label).orElseThrow(() -> unknown(label));
            case Address.Path(String organization, String database) ->
                catalog.byName(organization, database)
                        .or(() -> organization == null ? ofToken(authorization, database) : Optional.empty())
                        .orElseThrow(() -> unknown(database));
            case Address.OfToken() ->
                ofToken(authorization)
                        .orElseThrow(() -> new AccessException(
                                404,
                                "the path names no database: end the base URL with a slash, as in"
                                        + " http://HOST:PORT/dev/DATABASE/, or use a token of that database"));
        };
    }

    private Optional<DatabaseRoute> ofToken(@Nullable String authorization) {
        try {
            return tokens.database(authorization).flatMap(catalog::byId);
        } catch (TokenException e) {
            throw new AccessException(e.status(), String.valueOf(e.getMessage()));
        }
    }

    /// Where a client dropped the database from `/dev/<organization>/<database>`, as in [Address.OfToken].
    private Optional<DatabaseRoute> ofToken(@Nullable String authorization, String organization) {
        return ofToken(authorization)
                .filter(route -> route.organization().slug().equals(organization));
    }

    private Admission admit(DatabaseRoute route, @Nullable String authorization) {
        try {
            return tokens.admit(route, authorization);
        } catch (TokenException e) {
            throw new AccessException(e.status(), String.valueOf(e.getMessage()));
        }
    }

    /// The base URL of the database at the node that takes its writes; null if that is this one.
    private @Nullable URI primary(DatabaseRoute route, @Nullable ReplicatedGroup local) {
        Node writer = writer(route.group(), local);
        if (writer == null || writer.id().equals(replication.self())) {
            return null;
        }
        return URI.create(writer.http() + "/dev/" + route.organization().slug() + "/"
                + route.database().name());
    }

    /// Members know who leads; everybody else goes to the group's primary location.
    private @Nullable Node writer(Group group, @Nullable ReplicatedGroup local) {
        if (local != null) {
            Optional<NodeId> leader = local.leader();
            Optional<Node> node = leader.flatMap(catalog::node);
            if (node.isPresent()) {
                return node.get();
            }
        }
        return catalog.nodesAt(group.primary()).stream().findFirst().orElse(null);
    }

    private static AccessException unknown(String name) {
        return new AccessException(404, "Namespace `" + name + "` doesn't exist");
    }
}
