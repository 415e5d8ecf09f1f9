package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stream of statements with the state of a SQL connection: an open transaction, `PRAGMA foreign_keys`, which is
/// on at first, the last rowid.
///
/// One call at a time. [#close] may come from any thread and rolls back an open transaction.
public interface Session extends AutoCloseable {

    /// What is forbidden from the next program on; nothing until this is called. A statement that runs and is forbidden
    /// now is interrupted and fails with BLOCKED. From any thread.
    void restrict(Restrictions restrictions);

    /// What may be attached from the next program on, whatever the token allows; nothing until this is called.
    /// What is attached and may not be any more ends with that program, which is answered with ATTACHMENT_ENDED.
    void attachables(Attachables attachables);

    /// What is attached now; none of it while another thread runs a program.
    List<Attached> attached();

    /// Runs the program and reports to `sink`. Errors of statements are reported there; an exception means that
    /// the program as a whole could not be run (database gone, not leader) and that nothing of it remains.
    ///
    /// Everything the sink was told is durable and visible when this returns.
    void run(Program program, ResultSink sink);

    /// Runs `;`-separated statements without arguments until the first error, which is thrown. Rows are
    /// discarded.
    void sequence(String script);

    /// Describes the first statement of the text without running it.
    Description describe(String sql);

    /// True if no explicit transaction is open.
    boolean autocommit();

    /// What the program would need, on a session with what is attached now: whether all its statements only
    /// read and it opens no transaction, so that any replica can run it. A text that cannot be prepared counts
    /// as one that any replica can answer.
    boolean isReadOnly(Program program);

    /// The frame that the session's last commit ended at, or, before its first commit, that of its last read;
    /// null if it did nothing yet.
    @Nullable
    FrameNo frame();

    /// Rolls back an open transaction and frees what the session holds. Idempotent.
    @Override
    void close();

    /// As [#close], because what let the session in counts no more: what runs or waits meanwhile fails with that.
    ///
    /// @param code ACCESS_ENDED or GROUP_ARCHIVED
    /// @param why what the client is told
    void end(Code code, String why);

    /// A database that is attached.
    ///
    /// @param alias the name of its schema
    record Attached(DatabaseId database, String alias) {}

    record Description(
            List<@Nullable String> params, List<ResultSink.Column> columns, boolean isExplain, boolean isReadonly) {}
}
