package io.skerry.server;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What falls to the node that leads the catalog's group: whenever this one comes to lead it, be it again,
/// it finishes what its predecessor may have left half done, and tries on while that cannot be finished;
/// and from time to time what nodes that did not answer kept.
final class LeaderDuties implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderDuties.class);

    /// How often is looked at who leads.
    private static final Duration LOOK = Duration.ofMillis(500);
    /// After a node did not answer.
    private static final Duration AGAIN = Duration.ofMinutes(1);
    /// After all was done.
    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final Supplier<OptionalLong> leads;
    private final BooleanSupplier duty;
    private final Duration look;
    private final Duration again;
    private final Duration period;
    private final Thread thread;
    private OptionalLong term;
    private long dueAt;

    LeaderDuties(Supplier<OptionalLong> leads, BooleanSupplier duty, boolean due) {
        this(leads, duty, due, LOOK, AGAIN, PERIOD);
    }

    /// @param leads the term in which this node leads, empty if it does not
    /// @param duty answers whether it is done
    /// @param due whether it is to be done by a node that leads already
    LeaderDuties(
            Supplier<OptionalLong> leads,
            BooleanSupplier duty,
            boolean due,
            Duration look,
            Duration again,
            Duration period) {
        this.leads = leads;
        this.duty = duty;
        this.look = look;
        this.again = again;
        this.period = period;
        this.term = leads.get();
        this.dueAt = System.nanoTime() + (due ? 0 : period.toNanos());
        this.thread = Thread.ofVirtual().name("leader-duties").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(look);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            OptionalLong now = leads.get();
            if (now.isEmpty() || !now.equals(term)) {
                // Also if the lead was lost and regained between two looks: another node may have led meanwhile.
                term = now;
                dueAt = System.nanoTime();
            }
            if (now.isPresent() && System.nanoTime() - dueAt >= 0) {
                dueAt = System.nanoTime() + (duty.getAsBoolean() ? period : again).toNanos();
            }
        } catch (RuntimeException e) {
            dueAt = System.nanoTime() + again.toNanos();
            log.warn("what the catalog's leader has to do failed, and is tried again in {}", again, e);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
