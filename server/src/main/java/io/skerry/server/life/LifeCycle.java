package io.skerry.server.life;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The life of something that is made of parts. Parts are handed over in the order in which they start, and
/// are closed in reverse.
///
/// Properties:
///
/// * the state moves forward only, by compare-and-set: NEW, STARTING, RUNNING, STOPPING, STOPPED;
/// * a failed start closes what had started, and throws the failure with those of closing suppressed onto it;
/// * closing closes every part even if some fail; the first failure is thrown, later ones are suppressed
///   onto it;
/// * a second close returns at once.
///
/// [#start] runs on one thread; [#close] may come from any, also while start is under way: the part that is
/// starting is then closed as soon as it was handed over.
public final class LifeCycle implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LifeCycle.class);

    public enum State {
        NEW,
        STARTING,
        RUNNING,
        STOPPING,
        STOPPED
    }

    /// Starts parts one after the other and hands each to `parts` as soon as it needs closing.
    @FunctionalInterface
    public interface Start {
        void run(Parts parts) throws Exception;
    }

    /// Takes over what must be closed when the whole ends.
    @FunctionalInterface
    public interface Parts {
        void add(String name, AutoCloseable part) throws Exception;
    }

    private record Part(String name, AutoCloseable what) {}

    private final String name;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final Deque<Part> parts = new ArrayDeque<>();
    private long lastStep = System.nanoTime();

    public LifeCycle(String name) {
        this.name = name;
    }

    public State state() {
        return state.get();
    }

    /// @throws IllegalStateException if it was started or closed before
    public void start(Start start) throws Exception {
        if (!state.compareAndSet(State.NEW, State.STARTING)) {
            throw new IllegalStateException(name + " cannot start: it is " + state.get());
        }
        try {
            start.run(this::add);
            if (!state.compareAndSet(State.STARTING, State.RUNNING)) {
                throw new IllegalStateException(name + " was stopped while it started");
            }
        } catch (Exception | Error failure) {
            try {
                close();
            } catch (RuntimeException later) {
                failure.addSuppressed(later);
            }
            throw failure;
        }
    }

    /// Takes over a part of something that runs already; it is closed first.
    ///
    /// @throws IllegalStateException if the whole was stopped meanwhile; the part is closed then
    public void adopt(String partName, AutoCloseable what) throws Exception {
        add(partName, what);
    }

    private void add(String partName, AutoCloseable what) throws Exception {
        synchronized (parts) {
            State now = state.get();
            if (now == State.STARTING || now == State.RUNNING) {
                parts.push(new Part(partName, what));
                long step = System.nanoTime();
                log.debug("{}: {} started after {} ms", name, partName, (step - lastStep) / 1_000_000);
                lastStep = step;
                return;
            }
        }
        // close() came first and has emptied the list: nobody else would close this part.
        what.close();
        throw new IllegalStateException(name + " was stopped while it started");
    }

    @Override
    public void close() {
        State before = state.getAndUpdate(now -> now == State.STOPPED ? State.STOPPED : State.STOPPING);
        if (before == State.STOPPING || before == State.STOPPED) {
            return;
        }
        RuntimeException first = null;
        for (Part part = pop(); part != null; part = pop()) {
            long start = System.nanoTime();
            try {
                part.what.close();
                log.debug("{}: {} stopped in {} ms", name, part.name, (System.nanoTime() - start) / 1_000_000);
            } catch (Exception failure) {
                log.warn("{}: {} did not stop cleanly: {}", name, part.name, failure.toString());
                if (first == null) {
                    first = new IllegalStateException(name + ": " + part.name + " did not stop cleanly", failure);
                } else {
                    first.addSuppressed(failure);
                }
            }
        }
        state.set(State.STOPPED);
        if (first != null) {
            throw first;
        }
    }

    private @Nullable Part pop() {
        synchronized (parts) {
            return parts.poll();
        }
    }
}
