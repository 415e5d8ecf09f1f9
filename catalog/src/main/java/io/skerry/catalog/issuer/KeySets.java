package io.skerry.catalog.issuer;

import io.skerry.catalog.organization.OrganizationId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    private static final String TOO_MANY = "too many key sets are being fetched; try again";
    private static final int SETS_MAX = 1_000;
    private static final int FETCHES_MAX = 32;

    /// Of one organization's issuers: those of another must not wait for what it names.
    static final int FETCHES_PER_OWNER_MAX = 4;

    private final KeySource source;
    private final long refreshNanos;
    private final LongSupplier nanoClock;
    private final Semaphore fetches = new Semaphore(FETCHES_MAX);
    private final ConcurrentHashMap<OrganizationId, Integer> fetchesOfOwners = new ConcurrentHashMap<>();
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
    ///
    /// @param owner whose issuers they are; few of an owner's sets are fetched at one time
    public Lookup find(OrganizationId owner, List<String> urls, String keyId) {
        Optional<Lookup.Found> known = known(owner, urls, keyId);
        long end = System.nanoTime() + WAIT.toNanos();
        Set<String> refused = new HashSet<>();
        for (int from = 0; known.isEmpty() && from < urls.size(); from += FETCHES_PER_OWNER_MAX) {
            List<String> some = urls.subList(from, Math.min(urls.size(), from + FETCHES_PER_OWNER_MAX));
            List<FutureTask<Boolean>> under = new ArrayList<>();
            some.forEach(url -> entry(url).fetch(owner, () -> refused.add(url)).ifPresent(under::add));
            for (FutureTask<Boolean> fetch : under) {
                await(fetch, end);
            }
            known = known(owner, some, keyId);
        }
        return known.<Lookup>map(found -> found).orElseGet(() -> new Lookup.Missing(trouble(urls, refused)));
    }

    private Optional<Lookup.Found> known(OrganizationId owner, List<String> urls, String keyId) {
        for (String url : urls) {
            Optional<IssuerKey> key = entry(url).find(owner, keyId);
            if (key.isPresent()) {
                return Optional.of(new Lookup.Found(url, key.get()));
            }
        }
        return Optional.empty();
    }

    /// @param refused those that were not fetched, because too many were: which is the business of who
    ///     asked alone
    private @Nullable String trouble(List<String> urls, Set<String> refused) {
        for (String url : urls) {
            String trouble = entry(url).trouble();
            if (trouble != null) {
                return refused.contains(url) ? TOO_MANY : trouble;
            }
        }
        return null;
    }

    private Entry entry(String url) {
        Entry present = entries.get(url);
        if (present == null) {
            if (entries.size() >= SETS_MAX) {
                forgetEldest();
            }
            present = entries.computeIfAbsent(url, Entry::new);
        }
        present.usedAt = nanoClock.getAsLong();
        return present;
    }

    /// The one that nobody asked for the longest.
    private void forgetEldest() {
        long now = nanoClock.getAsLong();
        entries.values().stream()
                .max(Comparator.comparingLong(entry -> now - entry.usedAt))
                .ifPresent(eldest -> entries.remove(eldest.url, eldest));
    }

    private boolean admit(OrganizationId owner) {
        int[] before = {0};
        fetchesOfOwners.compute(owner, (key, count) -> {
            before[0] = count == null ? 0 : count;
            return Math.min(FETCHES_PER_OWNER_MAX, before[0] + 1);
        });
        return before[0] < FETCHES_PER_OWNER_MAX;
    }

    private void leave(OrganizationId owner) {
        fetchesOfOwners.computeIfPresent(owner, (key, count) -> count > 1 ? count - 1 : null);
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
        private volatile long usedAt;

        Entry(String url) {
            this.url = url;
        }

        Optional<IssuerKey> find(OrganizationId owner, String keyId) {
            Fetched known = fetched;
            if (known == null) {
                return Optional.empty();
            }
            long age = nanoClock.getAsLong() - known.atNanos();
            if (age > refreshNanos) {
                fetch(owner, () -> LOG.debug("The key set at {} is fetched again later", url));
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
        ///
        /// @param refused run if none begins because too many are under way
        Optional<FutureTask<Boolean>> fetch(OrganizationId owner, Runnable refused) {
            lock.lock();
            try {
                if (underWay != null) {
                    return Optional.of(underWay);
                }
                long now = nanoClock.getAsLong();
                if (wasAsked && now - lastFetch < PAUSE.toNanos()) {
                    return Optional.empty();
                }
                if (!admit(owner)) {
                    refused.run();
                    return Optional.empty();
                }
                if (!fetches.tryAcquire()) {
                    leave(owner);
                    refused.run();
                    return Optional.empty();
                }
                wasAsked = true;
                lastFetch = now;
                FutureTask<Boolean> task = new FutureTask<>(() -> load(owner), true);
                underWay = task;
                // Looking a host name up blocks in native code, for as long as whoever serves the name likes.
                Thread.ofPlatform().daemon().name("key-set").start(task);
                return Optional.of(task);
            } finally {
                lock.unlock();
            }
        }

        private void load(OrganizationId owner) {
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
                leave(owner);
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
