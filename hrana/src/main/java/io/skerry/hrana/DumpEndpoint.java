package io.skerry.hrana;

import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.dump.SqlDump;
import io.skerry.hrana.wire.Refusal;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.SqliteException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Semaphore;

/// `GET dump`: the database as SQL text, as this node's copy is at one moment. It is sent while it is read, so what
/// goes wrong on the way can only be told by an answer that ends early, without the `COMMIT` at its end.
///
/// Thread-safe. A dump runs on the thread of its request.
final class DumpEndpoint {

    /// Each holds a read transaction for as long as its client takes, and the log before the checkpoint with it.
    private static final int RUNNING_MAX = 4;

    private static final int BUFFER = 64 * 1024;

    private final Semaphore running = new Semaphore(RUNNING_MAX);

    void answer(DatabaseAccess.Target target, ServerRequest request, ServerResponse response) {
        Database database = target.database();
        if (database == null) {
            throw Refusal.server(404, "this node has no copy of the database; ask at one of its instances");
        }
        if (target.restrictions().blocksReads()) {
            throw Refusal.server(403, "reads of this database are blocked by its owner");
        }
        response.header(HranaRoutes.PLAIN);
        if (request.prologue().method() == Method.HEAD) {
            response.send();
            return;
        }
        if (!running.tryAcquire()) {
            throw Refusal.server(429, "this node sends " + RUNNING_MAX + " dumps already; try again");
        }
        try {
            database.read(connection -> send(connection, response));
        } catch (DatabaseException e) {
            throw Refusal.server(503, String.valueOf(e.getMessage()));
        } finally {
            running.release();
        }
    }

    /// @return true, always: reading needs something to return
    private static boolean send(Connection connection, ServerResponse response) {
        // Closed only when all is written: closing ends the answer as if it were complete.
        try {
            OutputStream out = new BufferedOutputStream(response.outputStream(), BUFFER);
            SqlDump.write(connection, out);
            out.close();
            return true;
        } catch (IOException | SqliteException e) {
            throw new CloseConnectionException("a dump ended early", e);
        }
    }
}
