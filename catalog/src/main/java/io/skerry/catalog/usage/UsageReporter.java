package io.skerry.catalog.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands in what this node counted, at moments that all nodes share, so that a round begins with the hour. A
/// round in which nothing was counted writes nothing; one that fails is made up for by the next.
public final class UsageReporter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(UsageReporter.class);
    /// The catalog's idea of the node's last report is adopted once, at the start; more would be another
    /// node's doing.
    private static final int MISFITS_MAX = 2;

    private final UsageLedger ledger;
    private final Supplier<Optional<Recorder>> leader;
    private final Duration interval;
    private final Duration lastRound;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread;

    /// Adds reports to the catalog.
    @FunctionalInterface
    public interface Recorder {

        /// Adds it if it follows the node's last one, within a bounded time.
        ///
        /// @return the node's last report after that
        String record(UsageReport report);
    }

    /// @param leader of the system group, if there is one
    /// @param lastRound what a node that stops may take for it
    public static UsageReporter start(
            UsageLedger ledger, Supplier<Optional<Recorder>> leader, Duration interval, Duration lastRound) {
        UsageReporter reporter = new UsageReporter(ledger, leader, interval, lastRound);
        reporter.thread.start();
        return reporter;
    }

    UsageReporter(UsageLedger ledger, Supplier<Optional<Recorder>> leader, Duration interval, Duration lastRound) {
        this.ledger = ledger;
        this.leader = leader;
        this.interval = interval;
        this.lastRound = lastRound;
        thread = Thread.ofVirtual().name("usage-reporter").unstarted(this::run);
    }

    private void run() {
        try {
            while (!stopping.await(untilNextRound(Instant.now()), TimeUnit.MILLISECONDS)) {
                round(Instant.now());
            }
            round(Instant.now());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long untilNextRound(Instant now) {
        return interval.toMillis() - now.toEpochMilli() % interval.toMillis();
    }

    void round(Instant now) {
        ledger.begin(now);
        int misfits = 0;
        try {
            for (Optional<UsageReport> next = ledger.next(); next.isPresent(); next = ledger.next()) {
                Optional<Recorder> recorder = leader.get();
                if (recorder.isEmpty()) {
                    LOG.warn("nobody leads the system group: what was read and written here is reported later");
                    return;
                }
                if (ledger.recorded(recorder.get().record(next.get()))) {
                    LOG.debug(
                            "what was read and written here is reported, of {} databases",
                            next.get().readings().size());
                } else if (++misfits > MISFITS_MAX) {
                    LOG.warn("another node reports under the id of this one: what was read and written here waits");
                    return;
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("what was read and written here is reported later: {}", e.toString());
        }
    }

    /// Reports what is left, and waits as long for that as was said at the start.
    @Override
    public void close() {
        stopping.countDown();
        try {
            if (!thread.join(lastRound)) {
                LOG.warn("what was read and written here since the last report is lost: there is no time to report it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
    }
}
