package io.skerry.engine.query;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.storage.DatabaseFile;
import java.util.Optional;
import java.util.function.Function;

/// What the open databases of one node share: the limits, the platform threads that run writers and long reads, the
/// clock that interrupts statements, the analysed texts. One per node. Thread-safe.
public final class QueryEngine implements AutoCloseable {

    private final QuerySettings settings;
    private final PlatformThreads writers;
    private final LongReads longReads;
    /// Tests wait for its looks.
    final Watchdog watchdog = new Watchdog();
    private final SqlTexts texts;

    /// @param writerThreads at most so many platform threads run writers; a commit holds one until the log has it
    public QueryEngine(QuerySettings settings, int writerThreads) {
        this.settings = settings;
        writers = new PlatformThreads("skerry-writer-", writerThreads);
        longReads = new LongReads(settings.longReads(), settings.readerWait());
        texts = new SqlTexts(settings.cachedTexts());
    }

    /// Opens no connection before it is needed.
    public OpenDatabase open(DatabaseFile file) {
        return new OpenDatabase(file, settings, watchdog, writers, longReads);
    }

    /// A session of the database that `leases` lends. Costs nothing until its first statement.
    ///
    /// @param group lends the other databases of its group, which it may attach
    public Session session(Leases leases, SessionOptions options, Function<DatabaseId, Optional<Leases>> group) {
        return new SqlSession(leases, options, texts, new Attachments(leases.id(), options, group));
    }

    /// Interrupts the statements that run for sessions, and those that still begin: they answer UNAVAILABLE. For
    /// a node that is about to close.
    public void interruptAll() {
        watchdog.stopAll();
    }

    /// Ends the threads once the work that was accepted is done; close the databases first.
    @Override
    public void close() {
        writers.close();
        longReads.close();
        watchdog.close();
    }
}
