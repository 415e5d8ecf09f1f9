package io.skerry.server;

import io.skerry.engine.DatabaseException;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What falls to the node that leads the catalog's group: whenever this one comes to lead it, be it again,
/// it finishes what its predecessor may have left half done, and tries on while that cannot be finished;
/// and from time to time what nodes that did not answer kept. What has failed is tried at once when a node
/// answers that did not.
final class LeaderDuties implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderDuties.class);

    private final Lead lead;
    private final Duties duties;
    private final Times times;
    private final Thread thread;
    private OptionalLong term;
    private Set<NodeId> answering = Set.of();
    /// In a row.
    private int failures;
    private long dueAt;

    /// Who leads, as this node knows.
    interface Lead {

        /// The term in which this node leads, empty if it does not.
        OptionalLong term();

        /// The nodes that answer this one; asked only while it leads.
        Set<NodeId> answering();
    }

    interface Duties {

        /// Makes them.
        ///
        /// @return whether all is done
        boolean run();

        /// What goes on in the background and waits for its next attempt has it now.
        void resume();
    }

    /// @param look how often is looked at who leads
    /// @param againFirst after a failure; doubled with each more
    /// @param againMax what that grows to
    /// @param period after all was done
    record Times(Duration look, Duration againFirst, Duration againMax, Duration period) {

        static final Times DEFAULT =
                new Times(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(10));

        /// Doubling the pause any further would not change it.
        private static final int DOUBLINGS_MAX = 20;

        Duration again(int failures) {
            Duration doubled = againFirst.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
            return doubled.compareTo(againMax) < 0 ? doubled : againMax;
        }
    }

    /// @param done the term in which the duties have been done already, empty if they have not
    LeaderDuties(Lead lead, Duties duties, OptionalLong done) {
        this(lead, duties, done, Times.DEFAULT);
    }

    LeaderDuties(Lead lead, Duties duties, OptionalLong done, Times times) {
        this.lead = lead;
        this.duties = duties;
        this.times = times;
        this.term = done;
        this.dueAt = System.nanoTime() + times.period().toNanos();
        this.thread = Thread.ofVirtual().name("leader-duties").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(times.look());
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            OptionalLong now = lead.term();
            Set<NodeId> answer = now.isPresent() ? lead.answering() : Set.of();
            // Also if the lead was lost and regained between two looks: another node may have led meanwhile.
            boolean begins = !now.equals(term);
            boolean back = !answering.containsAll(answer);
            term = now;
            answering = answer;
            if (now.isPresent()) {
                see(begins, back);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void see(boolean begins, boolean back) {
        if (begins || (back && failures > 0)) {
            failures = 0;
            dueAt = System.nanoTime();
        }
        if (begins || back) {
            duties.resume();
        }
        if (System.nanoTime() - dueAt >= 0) {
            boolean done = duties.run();
            dueAt = System.nanoTime() + (done ? times.period() : times.again(failures)).toNanos();
            failures = done ? 0 : failures + 1;
        }
    }

    private void failed(RuntimeException e) {
        Duration pause = times.again(failures);
        if (failures > 0) {
            log.debug("what the catalog's leader has to do failed again", e);
        } else if (e instanceof DatabaseException known) {
            log.warn("what the catalog's leader has to do failed, and is tried again: {}", known.toString());
        } else {
            log.warn("what the catalog's leader has to do failed, and is tried again", e);
        }
        failures++;
        dueAt = System.nanoTime() + pause.toNanos();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
