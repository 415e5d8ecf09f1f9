package io.skerry.hrana.pipeline;

import io.skerry.engine.Database;
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

    private static boolean onlyReads(Plan plan, Stream stream, Database database) {
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
