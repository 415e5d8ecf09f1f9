package io.skerry.sqlite;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// Sees that one thread at a time is inside SQLite with a connection, which SQLite does not check in the mode
/// that we build it in. A second thread gets an exception instead of corrupted memory. The same thread is
/// refused too: an authorizer or a barrier must not use the connection it was called for.
final class Claim {
    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Claim.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile @Nullable Thread owner;

    void enter() {
        Thread me = Thread.currentThread();
        if (!OWNER.compareAndSet(this, null, me)) {
            throw inUse(owner, me);
        }
    }

    void exit() {
        OWNER.setRelease(this, null);
    }

    /// For calls too short to claim: throws if somebody is inside now.
    void requireFree() {
        Thread other = owner;
        if (other != null) {
            throw inUse(other, Thread.currentThread());
        }
    }

    private static IllegalStateException inUse(@Nullable Thread owner, Thread me) {
        return new IllegalStateException(
                owner == me
                        ? "a callback of SQLite uses the connection that it was called for"
                        : "two threads use one SQLite connection at once: " + me + " and " + owner);
    }
}
