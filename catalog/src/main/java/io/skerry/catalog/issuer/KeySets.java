package io.skerry.catalog.issuer;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The key sets of issuers as they were fetched last. Thread-safe; nobody who asks holds a lock while a
/// set is fetched, and those who need the same one wait for the same fetch.
public final class KeySets {

    private static final Logger LOG = LoggerFactory.getLogger(KeySets.class);

    /// A set that cannot be fetched again is good for so long.
    static final Duration AGE_MAX = Duration.ofHours(1);
    /// An address is asked at most once in this time, whatever keys strangers name.
    static final Duration PAUSE = Duration.ofSeconds(10);

    /// Longer than a fetch may take.
    private static final Duration WAIT = Duration.ofSeconds(6);

    private static final int SETS_MAX = 1_000;
    private static final int FETCHES_MAX = 32;

    private final KeySource source;
    private final long refreshNanos;
    private final LongSupplier nanoClock;
    private final Semaphore fetches = new Semaphore(FETCHES_MAX);
    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

    /// @param refresh a set that is older is fetched again, in the background
    public KeySets(KeySource source, Duration refresh) {
        this(source, refresh, System::nanoTime);
    }

    KeySets(KeySource source, Duration refresh, LongSupplier nanoClock) {
        this.source = source;
        this.refreshNanos = refresh.toNanos();
        this.nanoClock = nanoClock;
    }

    /// What became of a look for a key.
    public sealed interface Lookup {

        /// @param url of the set that has it
        record Found(String url, IssuerKey key) implements Lookup {}

        /// @param trouble why a set could not be had; null if all were there
        record Missing(@Nullable String trouble) implements Lookup {}
    }

    /// Looks for a key in the sets at these addresses, and fetches them if it is in none that is known.
    /// Returns within a few seconds.
    public Lookup find(List<String> urls, String keyId) {
        Optional<Lookup.Found> known = known(urls, keyId);
        if (known.isPresent()) {
            return known.get();
        }
        List<FutureTask<Boolean>> under = new ArrayList<>();
        urls.forEach(url -> entry(url).fetch().ifPresent(under::add));
        long end = System.nanoTime() + WAIT.toNanos();
        for (FutureTask<Boolean> fetch : under) {
            await(fetch, end);
        }
        return known(urls, keyId).<Lookup>map(found -> found).orElseGet(() -> new Lookup.Missing(trouble(urls)));
    }

    private Optional<Lookup.Found> known(List<String> urls, String keyId) {
        for (String url : urls) {
            Optional<IssuerKey> key = entry(url).find(keyId);
            if (key.isPresent()) {
                return Optional.of(new Lookup.Found(url, key.get()));
            }
        }
        return Optional.empty();
    }

    private @Nullable String trouble(List<String> urls) {
        for (String url : urls) {
            String trouble = entry(url).trouble();
            if (trouble != null) {
                return trouble;
            }
        }
        return null;
    }

    private Entry entry(String url) {
        Entry present = entries.get(url);
        if (present != null) {
            return present;
        }
        if (entries.size() >= SETS_MAX) {
            entries.clear();
        }
        return entries.computeIfAbsent(url, Entry::new);
    }

    private static void await(FutureTask<Boolean> fetch, long end) {
        try {
            fetch.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.debug("A key set is not there yet; who waited is told so", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("fetching a key set failed in a way that is not foreseen", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// One address.
    private final class Entry {

        private final String url;
        private final ReentrantLock lock = new ReentrantLock();
        private volatile @Nullable Fetched fetched;
        private volatile @Nullable String failure;
        private @Nullable FutureTask<Boolean> underWay;
        private long lastFetch;
        private boolean wasAsked;

        Entry(String url) {
            this.url = url;
        }

        Optional<IssuerKey> find(String keyId) {
            Fetched known = fetched;
            if (known == null) {
                return Optional.empty();
            }
            long age = nanoClock.getAsLong() - known.atNanos();
            if (age > refreshNanos) {
                fetch();
            }
            return age > AGE_MAX.toNanos() ? Optional.empty() : known.keys().find(keyId);
        }

        /// Why there is no set, or none that is new enough; null if there is.
        @Nullable
        String trouble() {
            Fetched known = fetched;
            if (known != null && nanoClock.getAsLong() - known.atNanos() <= AGE_MAX.toNanos()) {
                return null;
            }
            String why = failure;
            return why == null ? "no answer yet" : why;
        }

        /// The fetch that is under way, or one that begins now; empty if the last was too short a time
        /// ago.
        Optional<FutureTask<Boolean>> fetch() {
            lock.lock();
            try {
                if (underWay != null) {
                    return Optional.of(underWay);
                }
                long now = nanoClock.getAsLong();
                if (wasAsked && now - lastFetch < PAUSE.toNanos()) {
                    return Optional.empty();
                }
                if (!fetches.tryAcquire()) {
                    failure = "too many key sets are being fetched; try again";
                    return Optional.empty();
                }
                wasAsked = true;
                lastFetch = now;
                FutureTask<Boolean> task = new FutureTask<>(this::load, true);
                underWay = task;
                // Looking a host name up blocks in native code, for as long as whoever serves the name likes.
                Thread.ofPlatform().daemon().name("key-set").start(task);
                return Optional.of(task);
            } finally {
                lock.unlock();
            }
        }

        private void load() {
            try {
                long at = nanoClock.getAsLong();
                fetched = new Fetched(KeySet.parse(source.fetch(URI.create(url))), at);
                failure = null;
            } catch (IOException e) {
                failure = String.valueOf(e.getMessage());
                LOG.warn("The key set at {} could not be fetched: {}", url, e.getMessage());
            } catch (RuntimeException e) {
                failure = "it could not be read";
                LOG.error("The key set at {} made its fetch fail in a way that is not foreseen", url, e);
            } finally {
                fetches.release();
                lock.lock();
                try {
                    underWay = null;
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private record Fetched(KeySet keys, long atNanos) {}
}
