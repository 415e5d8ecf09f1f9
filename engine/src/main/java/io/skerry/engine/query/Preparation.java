package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The prepared statements of one connection: how texts of clients become statements, and which of them are kept. Used
/// under the rules of the connection.
final class Preparation {

    private final Connection connection;
    private final SqlPolicy policy;
    private final Interruption interruption;
    private final LongReads longReads;
    private final Interrupted interrupted;
    private final StatementCache cache;
    private final VisibleNames names;
    private @Nullable PreparedSql passing;

    /// What a client is told whose statement was interrupted.
    @FunctionalInterface
    interface Interrupted {
        DatabaseException why(Interruption.Cause cause, DatabaseException failure, Interruption.@Nullable Owner owner);
    }

    Preparation(
            Connection connection,
            SqlPolicy policy,
            Interruption interruption,
            LongReads longReads,
            Interrupted interrupted,
            QuerySettings settings) {
        this.connection = connection;
        this.policy = policy;
        this.interruption = interruption;
        this.longReads = longReads;
        this.interrupted = interrupted;
        names = new VisibleNames(connection);
        cache = new StatementCache(settings.cachedStatements(), settings.cachedStatementBytes());
    }

    /// The statement of a text that was prepared before, without limits to what it may do; null if it
    /// has to be prepared.
    @Nullable
    PreparedSql cached(String text) {
        return cache.get(text, Permissions.ALL);
    }

    /// @param key the text as the client sent it, under which the statement is kept
    /// @param permissions what it may do. If they limit it, nobody else may change the schema between
    ///     this call and the end of its run: on a reader, a transaction is open
    /// @param owner for whom it is; it is interrupted once that has ended
    /// @throws DatabaseException if SQLite or the policy does not accept it, or it takes too long
    PreparedSql prepare(String key, SqlText text, Permissions permissions, Interruption.Owner owner) {
        if (permissions.limit() && !text.verb().controls()) {
            learnNames(owner);
        }
        var known = cache.get(key, permissions);
        if (known != null && known.acceptedFor(names.learnt())) {
            return known;
        }
        closePassing();
        var keep = cache.accepts(key);
        var prepared = compile(text, permissions, keep, owner);
        if (keep) {
            cache.put(key, prepared);
        } else {
            passing = prepared;
        }
        return prepared;
    }

    private PreparedSql compile(SqlText text, Permissions permissions, boolean keep, Interruption.Owner owner) {
        if (text.verb() == Verb.VACUUM) {
            throw Failures.vacuum(); // SQLite asks the policy only when it runs
        }
        var sql = text.verb() == Verb.BEGIN_READONLY ? withoutReadonly(text.text()) : text.text();
        var statement = compile(sql, keep, owner, () -> policy.reset(narrower(permissions, text, false)));
        if (policy.showsFiles()) {
            var explained = statement.isExplain();
            statement.close();
            if (explained) {
                throw Failures.hidden();
            }
            statement = compile(SqlPolicy.FILES_HIDDEN, keep, owner, () -> {});
        }
        return new PreparedSql(statement, text, permissions, names.learnt(), policy);
    }

    /// @param begin what each attempt begins with
    private Statement compile(String sql, boolean keep, Interruption.Owner owner, Runnable begin) {
        var utf8 = sql.getBytes(StandardCharsets.UTF_8);
        var first = timed(owner, () -> {
            begin.run();
            return connection.prepare(utf8, 0, utf8.length, keep);
        });
        var statement = first.statement();
        if (statement == null) {
            throw Failures.noStatement();
        }
        if (first.tail() < utf8.length && hasStatement(utf8, first.tail())) {
            statement.close();
            throw Failures.manyStatements();
        }
        return statement;
    }

    /// What limits a statement beyond what everybody's may do; null if nothing does.
    ///
    /// @param runs whether it is to run now, not to be prepared
    @Nullable
    PermissionPolicy narrower(Permissions permissions, SqlText text, boolean runs) {
        if (!permissions.limit()) {
            return null;
        }
        var known = names.learnt();
        return new PermissionPolicy(permissions, text.text(), known == null ? SchemaNames.UNKNOWN : known, runs);
    }

    private void learnNames(Interruption.Owner owner) {
        policy.trust(true);
        try {
            timed(owner, names::learn);
        } finally {
            policy.trust(false);
        }
    }

    /// A few lines over a view of views can be a statement of millions of terms: preparing is timed as
    /// running is, and moves from a virtual thread as a read does.
    private <T> T timed(Interruption.Owner owner, Supplier<T> preparing) {
        if (Thread.currentThread().isVirtual()) {
            var prepared = timed(owner, preparing, true);
            return prepared.isPresent()
                    ? prepared.get()
                    : longReads.run(() -> timed(owner, preparing, false).orElseThrow());
        }
        return timed(owner, preparing, false).orElseThrow();
    }

    /// @return empty if it can move and has to
    private <T> Optional<T> timed(Interruption.Owner owner, Supplier<T> preparing, boolean canMove) {
        interruption.begin(owner, System.nanoTime(), canMove);
        var cause = Interruption.Cause.NONE;
        try {
            try {
                return Optional.of(preparing.get());
            } finally {
                cause = interruption.end();
            }
        } catch (SqliteException e) {
            var missing = policy.missing();
            if (missing != null) {
                throw Failures.permissionDenied(e, missing);
            }
            var failure = Failures.preparing(e, policy.refusal());
            if (Failures.isInterrupt(failure) && cause == Interruption.Cause.MOVED) {
                return Optional.empty();
            }
            throw Failures.isInterrupt(failure) ? interrupted.why(cause, failure, owner) : failure;
        }
    }

    /// Lets SQLite read the text; whether it fits the schema is not asked.
    ///
    /// @throws DatabaseException SQL_PARSE_ERROR; STATEMENT_TIMEOUT, or what else ended it early
    void checkSyntax(SqlText text, Interruption.Owner owner) {
        try {
            var prepared = compile(text, Permissions.ALL, false, owner);
            prepared.statement().close();
        } catch (DatabaseException e) {
            switch (e.code()) {
                case SQL_PARSE_ERROR, STATEMENT_TIMEOUT, UNAVAILABLE -> throw e;
                default -> {}
            }
        }
    }

    /// SQLite does not know libSQL's word; it is to read the rest.
    private static String withoutReadonly(String begin) {
        var tokens = new Tokens(begin);
        while (!tokens.is("READONLY")) {
            tokens.next();
        }
        return begin.substring(0, tokens.start()) + begin.substring(tokens.end());
    }

    private static boolean hasStatement(byte[] utf8, int from) {
        var rest = new String(utf8, from, utf8.length - from, StandardCharsets.UTF_8);
        return !SqlText.script(rest).isEmpty();
    }

    /// The schema changes: what was learnt of it does not count any more.
    void forgetNames() {
        names.forget();
    }

    int kept() {
        return cache.size();
    }

    /// Closes what is not kept.
    void closePassing() {
        var last = passing;
        if (last != null) {
            passing = null;
            last.statement().close();
        }
    }
}
