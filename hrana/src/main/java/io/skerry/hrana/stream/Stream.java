package io.skerry.hrana.stream;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.AccessException;
import io.skerry.hrana.wire.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
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

    private static final Ending ENDED = new Ending(
            Code.ACCESS_ENDED,
            "The token does not open this database any more: its key was rotated, or the database was moved or deleted");

    /// Why its grant counts no more.
    private record Ending(Code code, String message) {}

    final long id;
    /// The sequence that the next baton must carry while the stream waits, else [#BUSY] or [#GONE]. Moved by
    /// compare-and-set only; whoever moves it to GONE closes the stream.
    final AtomicLong state = new AtomicLong(BUSY);
    /// True if the table counts this stream.
    final boolean kept;
    final String key;
    /// Where a stream that is not kept stands in [OneShots].
    int place;
    long sequence;
    volatile long waitsSinceNanos;

    private final SessionOptions rights;
    private volatile @Nullable Session session;
    private volatile @Nullable RemoteStream remote;
    private Map<Integer, String> texts = Map.of();
    private volatile @Nullable Grant grant;
    private volatile @Nullable Ending ending;
    private volatile Restrictions restrictions = Restrictions.NONE;
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
            open.attachables(attachables);
            session = open;
            restrict(open);
            if (state.get() == GONE) {
                // Closed from outside a moment ago: whoever did that did not see this session.
                close(open);
            }
        }
        return open;
    }

    /// The holder goes on with it, let in by `now`. To be called when the stream is where [StreamTable#check] finds it:
    /// then that sees what is asked here too late.
    ///
    /// @throws Refusal 401, or 400 GROUP_ARCHIVED, if that does not count any more; 400 if what let the stream in
    ///     before does not
    public void admit(Grant now, Attachables attachablesNow) {
        if (!check()) {
            throw Refusal.protocol("Received an invalid baton");
        }
        grant = now;
        attachables = attachablesNow;
        Session open = session;
        if (open != null) {
            open.attachables(attachablesNow);
        }
        if (!check()) {
            throw refusal(Objects.requireNonNullElse(ending, ENDED));
        }
    }

    private static Refusal refusal(Ending why) {
        return why.code() == Code.GROUP_ARCHIVED
                ? Refusal.coded(why.message(), why.code().name())
                : Refusal.server(401, "Unauthorized: `" + why.message() + "`");
    }

    /// Asks what is forbidden now; from any thread.
    ///
    /// @return false if nothing may go on
    boolean check() {
        Grant asked = grant;
        if (asked == null) {
            return true; // not admitted yet
        }
        while (true) {
            Restrictions now;
            try {
                now = asked.now();
            } catch (AccessException e) {
                ending = new Ending(Code.GROUP_ARCHIVED, String.valueOf(e.getMessage()));
                return false;
            }
            if (now == null) {
                ending = ENDED;
                return false;
            }
            if (now.equals(restrictions)) {
                return true;
            }
            // An answer that others overtook must not stay in the place of theirs: it is asked once more.
            restrictions = now;
            Session open = session;
            if (open != null) {
                restrict(open);
            }
        }
    }

    /// Until the session has what was said last, whoever said it.
    private void restrict(Session open) {
        Restrictions given;
        do {
            given = restrictions;
            open.restrict(given);
        } while (given != restrictions);
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

    private void close(Session open) {
        Ending why = ending;
        if (why == null) {
            open.close();
        } else {
            open.end(why.code(), why.message());
        }
    }

    /// Rolls back what is open, here and elsewhere. Idempotent.
    void closeSession() {
        Session open = session;
        if (open != null) {
            close(open);
        }
        RemoteStream elsewhere = remote;
        if (elsewhere != null) {
            elsewhere.abandon();
        }
    }
}
