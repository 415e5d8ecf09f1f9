package io.skerry.server.access;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.progress.Endable;
import io.skerry.catalog.upload.TooManyUploadsException;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.catalog.upload.UploadTooLargeException;
import io.skerry.catalog.upload.Uploads;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.hrana.AccessException;
import io.skerry.platform.SystemLeader;
import io.skerry.raft.NodeId;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Uploads of database files: they are kept on the node where they began, and become content by the
/// node that leads the catalog. Thread-safe.
public final class DatabaseUploads implements io.skerry.hrana.Uploads {

    private final NodeId self;
    private final Catalog catalog;
    private final Uploads uploads;
    private final Fleet fleet;
    private final SystemLeader leader;
    private final Requester requester;

    /// @param requester the client of the calling thread
    public DatabaseUploads(
            NodeId self, Catalog catalog, Uploads uploads, Fleet fleet, SystemLeader leader, Requester requester) {
        this.self = self;
        this.catalog = catalog;
        this.uploads = uploads;
        this.fleet = fleet;
        this.leader = leader;
        this.requester = requester;
    }

    @Override
    public int chunkBytes() {
        return Uploads.CHUNK_BYTES;
    }

    @Override
    public String start(String database, long bytes) {
        return translated(() -> {
            try {
                return uploads.start(DatabaseId.parse(database), bytes).toString();
            } catch (UploadTooLargeException e) {
                throw new AccessException(413, String.valueOf(e.getMessage()));
            }
        });
    }

    @Override
    public @Nullable URI holder(String database, String upload) {
        NodeId node = place(upload).node();
        return node.equals(self)
                ? null
                : at(catalog.node(node).map(Node::http).orElseThrow(DatabaseUploads::unknown), database);
    }

    @Override
    public void receive(String database, String upload, int chunk, InputStream body) throws IOException {
        take(() -> uploads.receive(place(upload).upload(), DatabaseId.parse(database), chunk, body::transferTo));
    }

    @Override
    public void receiveAll(String database, String upload, InputStream body) throws IOException {
        take(() -> uploads.receiveAll(place(upload).upload(), DatabaseId.parse(database), body));
    }

    @Override
    public void discard(String upload) {
        uploads.discard(place(upload).upload());
    }

    @FunctionalInterface
    private interface Take {
        void run() throws IOException;
    }

    private static void take(Take work) throws IOException {
        try {
            work.run();
        } catch (TooManyUploadsException e) {
            throw new AccessException(429, String.valueOf(e.getMessage()));
        } catch (CatalogException e) {
            throw refused(e);
        } catch (DatabaseException e) {
            throw failed(e);
        }
    }

    @Override
    public @Nullable URI activator(String database) {
        if (leader.here()) {
            return null;
        }
        URI node = leader.elsewhere()
                .orElseThrow(() -> new AccessException(503, "no node takes changes at the moment: try again"));
        return at(node, database);
    }

    @Override
    public void finish(String database, String upload, String client) {
        UploadPlace place = place(upload);
        translated(() -> {
            DatabaseRoute draft = route(database);
            fleet.activate(draft, place, Actor.ofToken(draft.database().name(), client), requester);
            // Whoever is told that the database has its content may ask for it anywhere.
            fleet.spread();
            return place;
        });
    }

    @Override
    public <T> T whileThere(Supplier<T> work) {
        Endable endable = new Endable();
        try (Requester.Watch _ = requester.watch(() -> endable.end("the client went away before the end"))) {
            return translated(() -> endable.run(work));
        }
    }

    private URI at(URI node, String database) {
        DatabaseRoute route = route(database);
        return URI.create(node + "/dev/" + route.organization().slug() + "/"
                + route.database().name());
    }

    private DatabaseRoute route(String database) {
        return catalog.byId(DatabaseId.parse(database))
                .orElseThrow(() -> new AccessException(404, "the database was deleted meanwhile"));
    }

    private static UploadPlace place(String upload) {
        return UploadPlace.parse(upload).orElseThrow(DatabaseUploads::unknown);
    }

    private static AccessException unknown() {
        return new AccessException(404, "there is no such upload of this database (any more): start one anew");
    }

    private static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (CatalogException e) {
            throw refused(e);
        } catch (DatabaseException e) {
            throw failed(e);
        }
    }

    private static AccessException refused(CatalogException e) {
        int status = switch (e.reason()) {
            case INVALID, NAME_TAKEN, WRONG_PASSWORD -> 400;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case EXISTS -> 409;
            case BUSY -> 429;
            case TIMEOUT, VERSION -> 503;
        };
        return new AccessException(status, String.valueOf(e.getMessage()));
    }

    /// Nothing that the client did, and likely to pass.
    private static AccessException failed(DatabaseException e) {
        return new AccessException(e.isOverload() ? 429 : 503, String.valueOf(e.getMessage()));
    }
}
