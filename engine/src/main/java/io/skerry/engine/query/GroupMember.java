package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import org.jspecify.annotations.Nullable;

/// Work that shares a commit with other work. It sees the effects of those before it and keeps its own atomic
/// with savepoints.
interface GroupMember {

    /// Runs inside the group's transaction.
    ///
    /// @throws TransactionLost if it made SQLite roll back the whole transaction
    void attempt(WriterContext context) throws TransactionLost;

    /// Runs without a group around it, after it destroyed one.
    void alone(WriterContext context);

    /// What was attempted is void, it will be run again or settled as failed.
    void restart();

    /// The group is durable and visible.
    ///
    /// @param frame null if the group changed no page
    void committed(@Nullable FrameNo frame);

    /// The group's commit failed.
    void failed(DatabaseException why);

    /// Whether the members of one group may have different foreign key enforcement: no, it is set outside.
    boolean foreignKeys();

    /// SQLite rolled the transaction back: INSERT OR ROLLBACK, RAISE(ROLLBACK), an interrupt, a full disk.
    final class TransactionLost extends Exception {
        private static final long serialVersionUID = 1L;

        private final DatabaseException failure;

        /// @param failure what the statement failed with
        TransactionLost(DatabaseException failure) {
            super(failure.getMessage(), failure, false, false);
            this.failure = failure;
        }

        DatabaseException failure() {
            return failure;
        }
    }
}
