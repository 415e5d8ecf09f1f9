package io.skerry.hrana.pipeline;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Session;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.stream.Stream;
import java.time.Duration;

/// Where a plan runs.
enum Place {
    HERE,
    /// On the primary, because it may write or depends on what was written there in an open transaction.
    PRIMARY,
    /// On the primary although it only reads: this node does not hold (in time) what it must see.
    PRIMARY_TO_READ;

    /// May wait up to `frameWaitMax` for the local copy to reach the frame that the plan or its stream asks for.
    ///
    /// @throws DatabaseException if the stream cannot go on, here or elsewhere
    static Place of(Plan plan, Stream stream, Target target, boolean remoteTransaction, Duration frameWaitMax) {
        Database database = target.database();
        if (remoteTransaction) {
            return PRIMARY;
        }
        if (target.primary() == null) {
            return HERE;
        }
        if (database == null) {
            return PRIMARY;
        }
        Session session = stream.session();
        if (session != null && !session.autocommit()) {
            // Begun when this node was the primary; it cannot go on elsewhere.
            return HERE;
        }
        if (!onlyReads(plan, stream, database)) {
            return PRIMARY;
        }
        long frame = Math.max(plan.minFrame(), stream.minFrame());
        return frame == 0 || database.awaitFrame(new FrameNo(frame), frameWaitMax) ? HERE : PRIMARY_TO_READ;
    }

    /// False too while the local copy cannot be asked, because it is being fetched anew, rebuilt or removed: the
    /// primary can answer meanwhile.
    ///
    /// @throws DatabaseException if the stream had a session here before: its transaction may have ended, and
    ///     what was to run within that may not run elsewhere; or if what let it in counts no more
    private static boolean onlyReads(Plan plan, Stream stream, Database database) {
        boolean begun = stream.session() != null;
        try {
            return reads(plan, stream, database);
        } catch (DatabaseException e) {
            if (begun || e.code() == Code.ACCESS_ENDED || e.code() == Code.GROUP_ARCHIVED) {
                throw e;
            }
            return false;
        }
    }

    private static boolean reads(Plan plan, Stream stream, Database database) {
        for (Action action : plan.actions()) {
            boolean reads = switch (action) {
                case Action.Execute(Program program) -> stream.session(database).isReadOnly(program);
                case Action.Batch(Program program) -> stream.session(database).isReadOnly(program);
                case Action.Sequence ignored -> false;
                case Action.Describe ignored -> true;
                case Action.GetAutocommit ignored -> true;
                case Action.Close ignored -> true;
                case Action.Done ignored -> true;
                case Action.Refused ignored -> true;
            };
            if (!reads) {
                return false;
            }
        }
        return true;
    }
}
