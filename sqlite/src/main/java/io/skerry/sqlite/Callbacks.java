package io.skerry.sqlite;

import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.UpcallFailure;
import io.skerry.sqlite.ffi.Upcalls;
import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The authorizer and the progress handler of one connection. SQLite knows it by a number: one pair of upcall
/// stubs serves all connections and lives as long as the process.
final class Callbacks {
    static final long AUTHORIZE = Upcalls.staticStub(MethodHandles.lookup(), Callbacks.class, "authorize", "(JIJJJJ)I");
    static final long PROGRESS = Upcalls.staticStub(MethodHandles.lookup(), Callbacks.class, "progress", "(J)I");

    private static final Map<Long, Callbacks> BY_ID = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT_ID = new AtomicLong(1);
    private static final int DENY = Authorizer.Decision.DENY.ordinal();

    final long id = NEXT_ID.getAndIncrement();
    volatile @Nullable Authorizer authorizer;
    volatile @Nullable ProgressHandler progressHandler;

    void register() {
        BY_ID.put(id, this);
    }

    void remove() {
        BY_ID.remove(id);
    }

    static int authorize(long id, int code, long first, long second, long schema, long trigger) {
        try {
            Action action = Action.of(code);
            Callbacks self = BY_ID.get(id);
            Authorizer authorizer = self == null ? null : self.authorizer;
            if (action == null || authorizer == null) {
                return DENY;
            }
            return authorizer
                    .authorize(
                            action,
                            Memory.string(first),
                            Memory.string(second),
                            Memory.string(schema),
                            Memory.string(trigger))
                    .ordinal();
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return DENY;
        }
    }

    static int progress(long id) {
        try {
            Callbacks self = BY_ID.get(id);
            ProgressHandler handler = self == null ? null : self.progressHandler;
            return handler == null || handler.proceed() ? 0 : 1;
        } catch (Throwable e) {
            UpcallFailure.keep(e);
            return 1;
        }
    }
}
