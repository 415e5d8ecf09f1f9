package io.skerry.hrana.stream;

import io.skerry.engine.Database;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One stream: a SQL connection as the client sees it. Between pipelines it waits in a [StreamTable] for the baton
/// that was given out last.
///
/// Who holds it (the request that opened or acquired it) is the only one to use it, except that [#close] may come
/// from any thread.
public final class Stream {

    static final long BUSY = -1;
    static final long GONE = -2;

    final long id;
    /// The sequence that the next baton must carry while the stream waits, else [#BUSY] or [#GONE]. Moved by
    /// compare-and-set only; whoever moves it to GONE closes the stream.
    final AtomicLong state = new AtomicLong(BUSY);
    /// True if the table counts this stream.
    final boolean kept;
    final String key;
    long sequence;
    volatile long waitsSinceNanos;

    private final SessionOptions rights;
    private volatile @Nullable Session session;
    private volatile @Nullable RemoteStream remote;
    private Map<Integer, String> texts = Map.of();
    private Restrictions restrictions = Restrictions.NONE;
    private Attachables attachables = Attachables.NONE;
    private long minFrame;

    Stream(long id, long sequence, String key, SessionOptions rights, boolean kept) {
        this.id = id;
        this.sequence = sequence;
        this.key = key;
        this.rights = rights;
        this.kept = kept;
    }

    /// Those of the token that opened it.
    public SessionOptions rights() {
        return rights;
    }

    /// The local session; null until something ran locally.
    public @Nullable Session session() {
        return session;
    }

    public Session session(Database database) {
        Session open = session;
        if (open == null) {
            open = database.openSession(rights);
            open.restrict(restrictions);
            open.attachables(attachables);
            session = open;
            if (state.get() == GONE) {
                // Closed from outside a moment ago: whoever did that did not see this session.
                open.close();
            }
        }
        return open;
    }

    /// What is forbidden, and what may be attached, from now on.
    public void restrict(Restrictions now, Attachables attachablesNow) {
        restrictions = now;
        attachables = attachablesNow;
        Session open = session;
        if (open != null) {
            open.restrict(now);
            open.attachables(attachablesNow);
        }
    }

    /// The stream on another node that continues this one; null if none was needed yet.
    public @Nullable RemoteStream remote() {
        return remote;
    }

    public void remote(@Nullable RemoteStream opened) {
        remote = opened;
    }

    /// Texts stored by `store_sql`; not to be changed.
    public Map<Integer, String> texts() {
        return texts;
    }

    public void texts(Map<Integer, String> changed) {
        texts = new HashMap<>(changed);
    }

    /// The frame that reads of this stream must see, 0 if any will do.
    public long minFrame() {
        return minFrame;
    }

    public void raiseMinFrame(long frame) {
        minFrame = Math.max(minFrame, frame);
    }

    /// Rolls back what is open, here and elsewhere. Idempotent.
    void closeSession() {
        Session open = session;
        if (open != null) {
            open.close();
        }
        RemoteStream elsewhere = remote;
        if (elsewhere != null) {
            elsewhere.abandon();
        }
    }
}
