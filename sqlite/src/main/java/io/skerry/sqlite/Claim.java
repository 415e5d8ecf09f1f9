package io.skerry.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Sees that one thread at a time is inside SQLite with a connection, which SQLite does not check in
/// the mode that we build it in. A second thread gets an exception instead of corrupted memory. The
/// same thread is refused too: an authorizer or a barrier must not use the connection it was called
/// for. And between its steps a backup keeps every thread from the connection that it writes to.
final class Claim {
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Claim.class, "owner", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /// The thread that is inside, or the backup that the connection is left to.
    private volatile @Nullable Object owner;

    void enter() {
        Thread me = Thread.currentThread();
        if (!OWNER.compareAndSet(this, null, me)) {
            throw inUse(owner, me);
        }
    }

    void exit() {
        OWNER.setRelease(this, null);
    }

    /// By the thread that is inside.
    void leaveTo(Backup backup) {
        OWNER.setRelease(this, backup);
    }

    /// As [#enter], for what the connection was left to.
    void enterFrom(Backup backup) {
        Thread me = Thread.currentThread();
        if (!OWNER.compareAndSet(this, backup, me)) {
            throw inUse(owner, me);
        }
    }

    /// The backup that the connection is left to.
    @Nullable
    Backup keeper() {
        return owner instanceof Backup backup ? backup : null;
    }

    /// For calls too short to claim: throws if somebody is inside now.
    void requireFree() {
        Object other = owner;
        if (other != null) {
            throw inUse(other, Thread.currentThread());
        }
    }

    private static IllegalStateException inUse(@Nullable Object owner, Thread me) {
        if (owner instanceof Backup) {
            return new IllegalStateException("a backup writes to the database of this connection: close it first");
        }
        return new IllegalStateException(
                owner == me
                        ? "a callback of SQLite uses the connection that it was called for"
                        : "two threads use one SQLite connection at once: " + me + " and " + owner);
    }
}
