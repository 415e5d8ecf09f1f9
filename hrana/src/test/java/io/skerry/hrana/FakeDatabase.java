package io.skerry.hrana;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Condition;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.ResultSink;
import io.skerry.engine.query.Row;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A database whose "SQL" does what a test of the protocol needs, one word a statement:
///
/// `ECHO` returns its arguments as a row; `ROWS n` n rows; `WRITE` moves the frame; `BEGIN`, `COMMIT`;
/// `FAIL code sqliteCode text`; `REFUSE code` refuses the whole program; `BADTEXT` a text that is not
/// UTF-8; `RESTART` shows a row, then starts again; `BLOCK` waits for [#unblock]; `BUG` throws what nobody
/// foresees.
public final class FakeDatabase implements Database {

    final AtomicLong frame = new AtomicLong();
    /// What each session has attached.
    volatile List<Session.Attached> attached = List.of();
    final AtomicInteger openSessions = new AtomicInteger();
    final AtomicInteger rollbacks = new AtomicInteger();
    /// What sessions were told when they were ended.
    final List<String> endings = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<String> ran = java.util.Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch blocked = new CountDownLatch(1);
    final CountDownLatch unblock = new CountDownLatch(1);

    /// Why nothing can be run here at the moment.
    volatile @Nullable DatabaseException unusable;

    /// Why no frame can be waited for.
    volatile @Nullable DatabaseException unwaitable;

    /// Down once somebody waits for a frame.
    final CountDownLatch awaited = new CountDownLatch(1);

    private void requireUsable() {
        DatabaseException why = unusable;
        if (why != null) {
            throw why;
        }
    }

    void unblock() {
        unblock.countDown();
    }

    @Override
    public DatabaseId id() {
        return new DatabaseId(new UUID(0, 1));
    }

    @Override
    public Session openSession(SessionOptions options) {
        openSessions.incrementAndGet();
        return new FakeSession(options.readOnly());
    }

    @Override
    public <T> T read(Work<T> work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <T> T write(Work<T> work) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FrameNo frame() {
        return new FrameNo(frame.get());
    }

    @Override
    public boolean awaitFrame(FrameNo wanted, Duration limit) {
        DatabaseException why = unwaitable;
        if (why != null) {
            throw why;
        }
        long end = System.nanoTime() + limit.toNanos();
        while (frame.get() < wanted.value()) {
            awaited.countDown();
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }

    @Override
    public void copyTo(OutputStream out) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public void dumpTo(OutputStream out) {
        requireUsable();
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public LongSupplier keptFromNow() {
        return () -> 0;
    }

    @Override
    public void load(Feed feed) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public long sizeBytes() {
        return 0;
    }

    @Override
    public List<String> integrityCheck() {
        return List.of("ok");
    }

    private final class FakeSession implements Session {

        private final boolean readOnly;
        private boolean autocommit = true;
        private boolean closed;
        private @Nullable FrameNo last;

        FakeSession(boolean readOnly) {
            this.readOnly = readOnly;
        }

        @Override
        public void restrict(Restrictions restrictions) {
            // The engine's tests show what this does.
        }

        @Override
        public void end(Code code, String why) {
            endings.add(why);
            close();
        }

        @Override
        public void attachables(Attachables attachables) {
            // As above.
        }

        @Override
        public List<Attached> attached() {
            return attached;
        }

        @Override
        public void run(Program program, ResultSink sink) {
            requireUsable();
            boolean[] ok = new boolean[program.steps().size()];
            for (int i = 0; i < ok.length; i++) {
                Program.Step step = program.steps().get(i);
                Condition condition = step.condition();
                if (condition != null && !holds(condition, ok)) {
                    sink.skipped(i);
                    continue;
                }
                try {
                    statement(i, step.sql(), sink);
                    ok[i] = true;
                } catch (DatabaseException e) {
                    if (step.sql().text().startsWith("REFUSE")) {
                        throw e;
                    }
                    sink.failed(i, e);
                }
            }
        }

        private boolean holds(Condition condition, boolean[] ok) {
            return switch (condition) {
                case Condition.Ok(int step) -> ok[step];
                case Condition.Failed(int step) -> !ok[step];
                case Condition.Not(Condition c) -> !holds(c, ok);
                case Condition.And(List<Condition> all) -> all.stream().allMatch(c -> holds(c, ok));
                case Condition.Or(List<Condition> any) -> any.stream().anyMatch(c -> holds(c, ok));
                case Condition.IsAutocommit() -> autocommit;
            };
        }

        private void statement(int step, Sql sql, ResultSink sink) {
            ran.add(sql.text());
            String[] words = sql.text().split(" ", 4);
            switch (words[0]) {
                case "ECHO" -> echo(step, sql, sink);
                case "ROWS" -> rows(step, Integer.parseInt(words[1]), sink);
                case "BEGIN" -> autocommit = false;
                case "COMMIT" -> autocommit = true;
                case "WRITE" -> write(step, sink);
                case "FAIL" ->
                    throw new DatabaseException(Code.valueOf(words[1]), Integer.parseInt(words[2]), words[3], null);
                case "REFUSE" -> throw new DatabaseException(Code.valueOf(words[1]), "refused");
                case "BADTEXT" -> {
                    sink.begin(step, List.of(new ResultSink.Column("t", null)));
                    sink.row(new ValueRow(List.of(new byte[] {'a', (byte) 0xff})));
                }
                case "RESTART" -> {
                    sink.begin(step, List.of());
                    sink.row(new ValueRow(List.of(1L)));
                    sink.restart();
                    echo(step, sql, sink);
                }
                case "BLOCK" -> {
                    block();
                    echo(step, sql, sink);
                }
                case "BUG" -> throw new IllegalStateException("a bug");
                default -> throw new DatabaseException(Code.SQLITE, 1, "near \"" + words[0] + "\": syntax error", null);
            }
            if (words[0].equals("BEGIN") || words[0].equals("COMMIT")) {
                sink.begin(step, List.of());
                sink.end(new ResultSink.StepResult(0, null, 0, 0, 0));
            }
        }

        private void block() {
            blocked.countDown();
            try {
                unblock.await();
            } catch (InterruptedException e) {
                throw new DatabaseException(Code.STATEMENT_TIMEOUT, "interrupted", e);
            }
        }

        private void echo(int step, Sql sql, ResultSink sink) {
            List<ResultSink.Column> columns = new ArrayList<>();
            List<@Nullable Object> values = new ArrayList<>();
            sql.args().forEach(a -> {
                columns.add(new ResultSink.Column("c" + columns.size(), null));
                values.add(FakeDatabase.plain(a));
            });
            sql.namedArgs().forEach(a -> {
                columns.add(new ResultSink.Column(a.name(), "ANY"));
                values.add(FakeDatabase.plain(a.value()));
            });
            sink.begin(step, columns);
            if (sql.wantRows()) {
                sink.row(new ValueRow(values));
            }
            sink.end(new ResultSink.StepResult(0, null, 1, 0, 123_456));
        }

        private void rows(int step, int count, ResultSink sink) {
            sink.begin(step, List.of(new ResultSink.Column("n", "INTEGER"), new ResultSink.Column("t", "TEXT")));
            for (long i = 0; i < count; i++) {
                sink.row(new ValueRow(List.of(i, new byte[100])));
            }
            sink.end(new ResultSink.StepResult(0, null, count, 0, 0));
        }

        private void write(int step, ResultSink sink) {
            if (readOnly) {
                throw new DatabaseException(Code.NOT_AUTHORIZED, "the token only reads");
            }
            long now = frame.incrementAndGet();
            last = new FrameNo(now);
            sink.begin(step, List.of());
            sink.end(new ResultSink.StepResult(1, now, 0, 1, 0));
        }

        @Override
        public void sequence(String script) {
            for (String text : script.split(";")) {
                if (!text.isBlank()) {
                    run(Program.of(Sql.of(text.strip())), new Thrower());
                }
            }
        }

        @Override
        public Description describe(String sql) {
            ArrayList<@Nullable String> params = new ArrayList<>();
            params.add(null);
            params.add(":a");
            return new Description(params, List.of(new ResultSink.Column("one", "INT")), false, true);
        }

        @Override
        public boolean autocommit() {
            return autocommit;
        }

        @Override
        public boolean isReadOnly(Program program) {
            requireUsable();
            return program.steps().stream()
                    .noneMatch(s ->
                            s.sql().text().startsWith("WRITE") || s.sql().text().startsWith("BEGIN"));
        }

        @Override
        public @Nullable FrameNo frame() {
            return last;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openSessions.decrementAndGet();
                if (!autocommit) {
                    rollbacks.incrementAndGet();
                }
            }
        }
    }

    static @Nullable Object plain(Value value) {
        return switch (value) {
            case Value.Null() -> null;
            case Value.Int(long v) -> v;
            case Value.Real(double v) -> v;
            case Value.Text(String v) -> v.getBytes(java.nio.charset.StandardCharsets.UTF_8);
            case Value.Blob(byte[] v) -> new BlobBytes(v);
        };
    }

    @SuppressWarnings("ArrayRecordComponent")
    public record BlobBytes(byte[] bytes) {}

    /// Throws the first error, as `sequence` does.
    private static final class Thrower implements ResultSink {
        @Override
        public void begin(int step, List<Column> columns) {}

        @Override
        public void row(Row row) {}

        @Override
        public void end(StepResult result) {}

        @Override
        public void failed(int step, DatabaseException error) {
            throw error;
        }

        @Override
        public void skipped(int step) {}

        @Override
        public void restart() {}
    }
}
