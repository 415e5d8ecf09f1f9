package io.skerry.catalog.audit;

import io.skerry.catalog.organization.OrganizationId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what was refused to the audit log: a little later, in batches, and never so much that it hurts. The same
/// refusals of one actor are one entry with their number; an organization gets so many entries at once and then
/// one a minute, and what finds no room adds to the number of its next. Thread-safe; a refusal costs its caller no
/// more than a look-up in a map.
public final class Refusals implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    /// Kinds of refusals that wait to be written; of more nothing is known but their number.
    private static final int WAITING_MAX = 1_000;

    /// Entries that an organization gets without a pause.
    private static final int BURST = 60;

    private static final long REFILL_NANOS = Duration.ofMinutes(1).toNanos();

    /// Organizations whose entries are counted; the one that had its last entry longest ago is forgotten.
    private static final int ORGANIZATIONS_MAX = 10_000;

    private final AuditTrail log;
    private final Duration pause;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private final Map<Key, Waiting> waiting = new LinkedHashMap<>();
    private final Map<OrganizationId, Allowance> allowances = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<OrganizationId, Allowance> eldest) {
            return size() > ORGANIZATIONS_MAX;
        }
    };
    private final Thread thread;
    private long unwritten;

    /// @param log where they go
    /// @param pause between two writes; refusals of the meantime are written together
    /// @param nanos a clock that only goes forward
    public Refusals(AuditTrail log, Duration pause, LongSupplier nanos) {
        this.log = log;
        this.pause = pause;
        this.nanos = nanos;
        this.thread = Thread.ofVirtual().name("audit-of-refusals").start(this::run);
    }

    /// @param actor who was refused
    /// @param operation method and path, with the names of its parameters
    /// @param target the parameters
    /// @param status as it was answered
    public record Refusal(
            OrganizationId organization, Actor actor, String operation, String target, int status, String text) {}

    /// What makes two refusals the same.
    private record Key(OrganizationId organization, String actor, String address, String operation, int status) {

        static Key of(Refusal refusal) {
            return new Key(
                    refusal.organization(),
                    refusal.actor().name(),
                    refusal.actor().address(),
                    refusal.operation(),
                    refusal.status());
        }
    }

    private record Waiting(Refusal first, long times) {}

    /// @param suppressed refusals that found no room since the last entry
    private record Allowance(double left, long at, long suppressed) {}

    private record Entry(Refusal refusal, long times, long suppressed) {}

    public void note(Refusal refusal) {
        lock.lock();
        try {
            Key key = Key.of(refusal);
            if (waiting.size() >= WAITING_MAX && !waiting.containsKey(key)) {
                unwritten++;
                return;
            }
            waiting.merge(key, new Waiting(refusal, 1), (was, one) -> new Waiting(was.first(), was.times() + 1));
            some.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (true) {
                awaitSome();
                Thread.sleep(pause);
                flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Writes what waits.
    void flush() {
        write(take());
    }

    private void awaitSome() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                some.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Entry> take() {
        lock.lock();
        try {
            List<Entry> entries = new ArrayList<>();
            for (Waiting one : waiting.values()) {
                Entry entry = admit(one);
                if (entry != null) {
                    entries.add(entry);
                }
            }
            waiting.clear();
            if (unwritten > 0) {
                LOG.warn("{} refused changes are not in the audit log: too many different ones at a time", unwritten);
                unwritten = 0;
            }
            return entries;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Entry admit(Waiting one) {
        OrganizationId organization = one.first().organization();
        long now = nanos.getAsLong();
        Allowance was = allowances.getOrDefault(organization, new Allowance(BURST, now, 0));
        double left = Math.min(BURST, was.left() + (double) (now - was.at()) / REFILL_NANOS);
        if (left < 1) {
            allowances.put(organization, new Allowance(left, now, was.suppressed() + one.times()));
            return null;
        }
        allowances.put(organization, new Allowance(left - 1, now, 0));
        return new Entry(one.first(), one.times(), was.suppressed());
    }

    private void write(List<Entry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        try {
            log.write(entries.stream().map(Refusals::told).toList());
        } catch (RuntimeException e) {
            // Whatever it was: the next ones are written again.
            LOG.warn("{} refused changes are not in the audit log: {}", entries.size(), e.toString());
        }
    }

    private static AuditNote told(Entry entry) {
        Refusal refusal = entry.refusal();
        return new AuditNote(
                refusal.organization(),
                refusal.actor(),
                Action.REFUSED,
                refusal.target(),
                message(entry),
                Integer.toString(refusal.status()));
    }

    private static String message(Entry entry) {
        Refusal refusal = entry.refusal();
        return refusal.operation() + ": " + refusal.text()
                + (entry.times() > 1 ? " (" + entry.times() + " times)" : "")
                + (entry.suppressed() > 0 ? " (" + entry.suppressed() + " other refusals before it are left out)" : "");
    }

    /// What waits is not written any more.
    @Override
    public void close() {
        thread.interrupt();
    }
}
