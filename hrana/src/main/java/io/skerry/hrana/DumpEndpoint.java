package io.skerry.hrana;

import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.Shares;
import io.skerry.engine.query.Permission;
import io.skerry.engine.query.Restrictions;
import io.skerry.hrana.stream.Grant;
import io.skerry.hrana.wire.Refusal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `GET dump`: the database as SQL text, as this node's copy is at one moment. It is sent while it is read, so what
/// goes wrong on the way can only be told by an answer that ends early, without the `COMMIT` at its end.
///
/// Thread-safe. A dump runs on the thread of its request.
final class DumpEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(DumpEndpoint.class);
    private static final int BUFFER = 64 * 1024;

    private final HranaSettings.Dumps limits;
    /// Each holds a read transaction for as long as its client takes, and the log before the checkpoint
    /// with it.
    private final Shares<Object> running;

    private volatile boolean stopping;

    DumpEndpoint(HranaSettings.Dumps limits) {
        this.limits = limits;
        this.running = new Shares<>(limits.max(), limits.perOwnerMax());
    }

    void answer(DatabaseAccess.Target target, ServerRequest request, ServerResponse response) throws IOException {
        Database database = target.database();
        if (database == null) {
            throw Refusal.server(404, "this node has no copy of the database; ask at one of its instances");
        }
        if (target.restrictions().blocksReads()) {
            throw Refusal.server(403, "reads of this database are blocked by its owner");
        }
        if (!target.rights().permissions().allowEverywhere(Permission.DATA_READ)) {
            throw Refusal.server(403, "Authorization forbidden: a dump needs a token with data_read on all tables");
        }
        if (stopping) {
            throw Refusal.last(503, "This node is stopping; ask another one or try again");
        }
        response.header(HranaRoutes.PLAIN);
        if (request.prologue().method() == Method.HEAD) {
            response.send();
            return;
        }
        Object of = target.owner();
        switch (running.tryAcquire(of)) {
            case PERMIT -> {
                try {
                    send(database, new Body(response, target.grant(), limits, database.keptFromNow()));
                } finally {
                    running.release(of);
                }
            }
            case SHARE_TAKEN ->
                throw Refusal.server(
                        429,
                        "this node sends " + limits.perOwnerMax()
                                + " dumps of this organization already, and no more at once; try again");
            case ALL_TAKEN ->
                throw Refusal.server(429, "this node sends " + limits.max() + " dumps already; try again");
        }
    }

    /// Takes no more; those under way end with the databases.
    void stop() {
        stopping = true;
    }

    private static void send(Database database, Body body) throws IOException {
        OutputStream out = new BufferedOutputStream(body, BUFFER);
        try {
            database.dumpTo(out);
            // Its last bytes may be refused as any others.
            out.flush();
            body.close();
        } catch (RuntimeException e) {
            if (body.begun == null && (e instanceof Refusal || e instanceof AccessException)) {
                throw e;
            }
            if (body.begun == null) {
                // What ended it may be what a request that comes now is refused for.
                body.requireGranted();
                LOG.warn("Database {} could not be dumped", database.id(), e);
                int status = e instanceof DatabaseException failed && failed.isOverload() ? 429 : 503;
                throw Refusal.server(status, "the dump could not be made: " + e.getMessage());
            }
            LOG.info("The dump of database {} ended early: {}", database.id(), e.getMessage());
            // Not closed: that would end the answer as if it were complete.
            throw new CloseConnectionException("a dump ended early", e);
        }
    }

    /// The answer's body, which begins with its first byte: before, a refusal can still be sent.
    private static final class Body extends OutputStream {

        private final ServerResponse response;
        private final Grant grant;
        private final HranaSettings.Dumps limits;
        private final LongSupplier kept;
        private final long begin = System.nanoTime();
        private @Nullable OutputStream begun;

        Body(ServerResponse response, Grant grant, HranaSettings.Dumps limits, LongSupplier kept) {
            this.response = response;
            this.grant = grant;
            this.limits = limits;
            this.kept = kept;
        }

        private void requireGranted() {
            Restrictions now = grant.now();
            if (now == null || now.blocksReads()) {
                throw Refusal.server(
                        403,
                        "the dump ends here: its token does not open the database any more, or reads of it"
                                + " were blocked");
            }
        }

        private OutputStream begun() {
            requireGranted();
            if (System.nanoTime() - begin > limits.time().toNanos()) {
                throw Refusal.server(
                        503, "the dump ends here: it may take " + limits.time().toSeconds() + " s at most");
            }
            if (kept.getAsLong() > limits.keptBytes()) {
                throw Refusal.server(
                        503,
                        "the dump ends here: while it was sent, so much was written to the group of the database that"
                                + " its logs keep more than " + limits.keptBytes() + " bytes for it; take it faster,"
                                + " or when less is written");
            }
            OutputStream present = begun;
            if (present == null) {
                present = response.outputStream();
                begun = present;
            }
            return present;
        }

        @Override
        public void write(int b) throws IOException {
            begun().write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            begun().write(bytes, offset, length);
        }

        @Override
        public void flush() {
            // Helidon's own buffer is flushed by what it is for.
        }

        @Override
        public void close() throws IOException {
            begun().close();
        }
    }
}
