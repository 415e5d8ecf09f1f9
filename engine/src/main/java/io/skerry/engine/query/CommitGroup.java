package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.GroupMember.TransactionLost;
import io.skerry.engine.query.SqlConnection.Control;
import io.skerry.sqlite.SqliteException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs several pieces of work in one transaction, so that they share one commit and one entry of the log. None
/// is acknowledged before it is durable. It takes what is there already and waits for nobody.
///
/// A member that destroys the transaction is taken out; the others, of which nobody was told yet, are run again,
/// and it runs after them, alone.
final class CommitGroup {

    private final WriterContext context;
    private final List<GroupMember> members = new ArrayList<>();
    private final List<GroupMember> outcasts = new ArrayList<>();

    CommitGroup(WriterContext context) {
        this.context = context;
    }

    /// @param more the next member that is there now, null if there is none
    void run(GroupMember first, Supplier<@Nullable GroupMember> more) {
        members.add(first);
        var destroyer = attempt(more);
        while (destroyer != null) {
            members.remove(destroyer);
            members.forEach(GroupMember::restart);
            destroyer = members.isEmpty() ? null : attempt(() -> null);
        }
        outcasts.forEach(outcast -> outcast.alone(context));
    }

    /// Runs all members and commits.
    ///
    /// @return the member that destroyed the transaction; null if all are settled
    private @Nullable GroupMember attempt(Supplier<@Nullable GroupMember> more) {
        context.assume(0, members.getFirst().foreignKeys());
        context.connection().control(Control.BEGIN_IMMEDIATE);
        for (var i = 0; i < members.size(); i++) {
            var member = members.get(i);
            try {
                member.attempt(context);
            } catch (TransactionLost lost) {
                destroyed(member, lost);
                return member;
            }
            var next = more.get();
            if (next != null) {
                members.add(next);
            }
        }
        commit();
        return null;
    }

    private void destroyed(GroupMember member, TransactionLost lost) {
        context.failure(lost.failure());
        member.restart();
        // One that ran out of time would do so again.
        if (lost.failure().code() == Code.STATEMENT_TIMEOUT || Failures.isInterrupt(lost.failure())) {
            member.failed(lost.failure());
        } else {
            outcasts.add(member);
        }
    }

    private void commit() {
        FrameNo frame;
        try {
            context.connection().control(Control.COMMIT);
            frame = context.settle();
        } catch (SqliteException e) {
            var failure = context.failure(Failures.running(e, null));
            context.rollback();
            members.forEach(member -> member.failed(failure));
            return;
        } catch (DatabaseException e) {
            members.forEach(member -> member.failed(e));
            return;
        }
        members.forEach(member -> member.committed(frame));
    }
}
