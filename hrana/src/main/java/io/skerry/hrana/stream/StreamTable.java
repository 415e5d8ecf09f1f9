package io.skerry.hrana.stream;

import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.wire.Refusal;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// The streams of this node that wait for their next pipeline, by the id in their batons. Bounded in all and for each
/// database; a place is taken before anything runs, so that a client that is refused has changed nothing.
///
/// Thread-safe. Time comes from a clock in nanoseconds; [#expire] must be called every second or so.
public final class StreamTable {

    private final HranaSettings.Streams limits;
    private final LongSupplier nanoClock;
    private final BatonSeal seal = new BatonSeal();
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Stream> streams = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, Integer> countByKey = new ConcurrentHashMap<>();
    private final ExpiredStreams expired;
    private final OneShots oneShots;
    /// Those that end streams whose grant counts no more.
    private final Set<CountDownLatch> endings = ConcurrentHashMap.newKeySet();

    /// @param pipelinesMax that run at once
    public StreamTable(HranaSettings.Streams limits, int pipelinesMax, LongSupplier nanoClock) {
        this.limits = limits;
        this.oneShots = new OneShots(pipelinesMax);
        this.nanoClock = nanoClock;
        this.expired =
                new ExpiredStreams(limits.expiredMax(), limits.expiredMemory().toNanos());
    }

    /// A stream that ends with the pipeline that opens it: no place in the table, no baton.
    public Stream openTransient(String key, SessionOptions rights) {
        Stream stream = new Stream(0, 0, key, rights, false);
        oneShots.enter(stream);
        return stream;
    }

    /// A new stream that can be kept.
    ///
    /// @throws Refusal 429 if there are too many
    public Stream open(String key, SessionOptions rights) {
        if (count.incrementAndGet() > limits.max()) {
            count.decrementAndGet();
            throw Refusal.server(429, "Too many open streams; close streams that are not needed");
        }
        if (countByKey.merge(key, 1, Integer::sum) > limits.perDatabaseMax()) {
            release(key);
            throw Refusal.server(429, "Too many open streams of this database; close streams that are not needed");
        }
        // Sequences start anywhere in the lower half: they never get negative by counting.
        long sequence = random.nextLong() >>> 2;
        Stream stream = new Stream(lastId.incrementAndGet(), sequence, key, rights, true);
        streams.put(stream.id, stream);
        return stream;
    }

    /// The stream that `baton` was given out for; now busy.
    ///
    /// @throws Refusal 400 with the protocol's words if the baton is of no use
    public Stream acquire(String baton, String key) {
        BatonSeal.Baton opened = seal.open(baton);
        if (opened == null) {
            throw invalid();
        }
        Stream stream = streams.get(opened.stream());
        if (stream == null || !stream.key.equals(key)) {
            throw gone(opened.stream());
        }
        if (!stream.state.compareAndSet(opened.sequence(), Stream.BUSY)) {
            if (stream.state.get() == Stream.GONE) {
                throw gone(opened.stream());
            }
            throw Refusal.protocol("Received a baton that has already been used");
        }
        return stream;
    }

    /// The baton that the holder's client will get, before [#release] makes it valid.
    public String nextBaton(Stream stream) {
        return seal.seal(new BatonSeal.Baton(stream.id, stream.sequence + 1));
    }

    /// The holder is done; the stream waits for its next baton.
    public void release(Stream stream) {
        stream.sequence++;
        stream.waitsSinceNanos = nanoClock.getAsLong();
        if (!stream.state.compareAndSet(Stream.BUSY, stream.sequence)) {
            stream.closeSession();
        }
    }

    /// Ends a stream, whoever holds it, and rolls back what is open in it. Idempotent.
    public void close(Stream stream) {
        if (stream.state.getAndSet(Stream.GONE) != Stream.GONE) {
            forget(stream);
            stream.closeSession();
        }
    }

    /// Closes the streams that waited too long. Their rollbacks run on threads of their own, because one that blocks
    /// must not hold up the others.
    public void expire() {
        long now = nanoClock.getAsLong();
        for (Stream stream : streams.values()) {
            long state = stream.state.get();
            if (state >= 0
                    && now - stream.waitsSinceNanos >= limits.idleMax().toNanos()
                    && stream.state.compareAndSet(state, Stream.GONE)) {
                expired.add(stream.id, now);
                forget(stream);
                Thread.ofVirtual().name("hrana-expire").start(stream::closeSession);
            }
        }
        expired.prune(now);
    }

    /// Closes every stream, busy ones included.
    public void closeAll() {
        streams.values().forEach(this::close);
    }

    /// Asks the grants of all streams, those of requests without a baton too, and ends those that count no more. How
    /// that goes on, [#awaitEndings] waits for.
    public void check() {
        streams.values().forEach(this::check);
        oneShots.forEach(this::check);
    }

    private void check(Stream stream) {
        if (!stream.check()) {
            // A rollback that blocks, or a statement that is slow to be interrupted, must not hold up the others.
            CountDownLatch ended = new CountDownLatch(1);
            endings.add(ended);
            Thread.ofVirtual().name("hrana-end").start(() -> {
                try {
                    close(stream);
                } finally {
                    endings.remove(ended);
                    ended.countDown();
                }
            });
        }
    }

    /// Waits until the streams that [#check] ended before this call have nothing open or running any more.
    ///
    /// @return false if `limit` passed first
    public boolean awaitEndings(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (CountDownLatch ended : endings) {
            if (!ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        }
        return true;
    }

    private void forget(Stream stream) {
        if (!stream.kept) {
            oneShots.leave(stream);
        } else if (streams.remove(stream.id, stream)) {
            release(stream.key);
        }
    }

    private void release(String key) {
        countByKey.computeIfPresent(key, (k, n) -> n == 1 ? null : n - 1);
        count.decrementAndGet();
    }

    private Refusal gone(long id) {
        return expired.contains(id, nanoClock.getAsLong())
                ? Refusal.coded("The stream has expired due to inactivity", "STREAM_EXPIRED")
                : invalid();
    }

    private static Refusal invalid() {
        return Refusal.protocol("Received an invalid baton");
    }

    /// Ids of streams that expired a short while ago, oldest first; bounded by age and by number.
    private static final class ExpiredStreams {

        private final int max;
        private final long memoryNanos;
        private final ReentrantLock lock = new ReentrantLock();
        private final LinkedHashMap<Long, Long> expiredAt = new LinkedHashMap<>();

        ExpiredStreams(int max, long memoryNanos) {
            this.max = max;
            this.memoryNanos = memoryNanos;
        }

        void add(long id, long now) {
            lock.lock();
            try {
                if (expiredAt.size() == max) {
                    expiredAt.pollFirstEntry();
                }
                expiredAt.put(id, now);
            } finally {
                lock.unlock();
            }
        }

        boolean contains(long id, long now) {
            lock.lock();
            try {
                Long at = expiredAt.get(id);
                return at != null && now - at < memoryNanos;
            } finally {
                lock.unlock();
            }
        }

        void prune(long now) {
            lock.lock();
            try {
                for (var oldest = expiredAt.firstEntry();
                        oldest != null && now - oldest.getValue() >= memoryNanos;
                        oldest = expiredAt.firstEntry()) {
                    expiredAt.pollFirstEntry();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
