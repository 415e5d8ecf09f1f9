package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import org.jspecify.annotations.Nullable;

/// What the restrictions of a session say of its statements: of one that is about to run, and of the one that runs,
/// which the watchdog asks for from its own thread. The end of a transaction is never interrupted.
///
/// Any thread may restrict; the others but [#why] are for the one that runs statements.
final class Blockade {

    private volatile Restrictions restrictions = Restrictions.NONE;
    /// Written before the connection says, with a volatile write, that a statement runs.
    private Kind runs = Kind.CONTROL;

    /// Of statements, by what can forbid them.
    private enum Kind {
        READ,
        WRITE,
        CONTROL
    }

    void restrict(Restrictions now) {
        restrictions = now;
    }

    Restrictions restrictions() {
        return restrictions;
    }

    /// Nothing of a new program runs yet.
    void begin() {
        runs = Kind.CONTROL;
    }

    /// @throws DatabaseException BLOCKED
    void read() {
        runs = Kind.READ;
        throwIf(why());
    }

    /// @param holdsWriter whether a transaction that may have written is open
    /// @throws DatabaseException BLOCKED
    void run(PreparedSql prepared, boolean holdsWriter) {
        if (prepared.verb().controls()) {
            runs = Kind.CONTROL;
            if (holdsWriter && prepared.verb() == Verb.COMMIT && restrictions.blocksWrites()) {
                throw Failures.blocked("writes are blocked in the configuration of this database: roll back");
            }
            return;
        }
        runs = prepared.readonly() ? Kind.READ : Kind.WRITE;
        throwIf(why());
    }

    /// Why a statement like the one that began last must not run; null if it may.
    @Nullable
    DatabaseException why() {
        var now = restrictions;
        return switch (runs) {
            case CONTROL -> null;
            case READ -> now.blocksReads() ? reads() : null;
            case WRITE -> now.blocksReads() ? reads() : now.blocksWrites() ? writes() : null;
        };
    }

    private static void throwIf(@Nullable DatabaseException blocked) {
        if (blocked != null) {
            throw blocked;
        }
    }

    private static DatabaseException reads() {
        return Failures.blocked("reads and writes are blocked in the configuration of this database");
    }

    private static DatabaseException writes() {
        return Failures.blocked("writes are blocked in the configuration of this database");
    }
}
