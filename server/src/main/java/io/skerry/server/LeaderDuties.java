package io.skerry.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What falls to the node that leads the catalog's group: whenever this one comes to lead it, it finishes what
/// its predecessor may have left half done, and tries on while that cannot be finished.
final class LeaderDuties implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LeaderDuties.class);

    /// How often is looked at who leads.
    private static final Duration LOOK = Duration.ofMillis(500);
    /// After a node did not answer.
    private static final Duration AGAIN = Duration.ofMinutes(1);

    private final BooleanSupplier leads;
    private final BooleanSupplier duty;
    private final Duration look;
    private final Duration again;
    private final Thread thread;
    private boolean due;

    LeaderDuties(BooleanSupplier leads, BooleanSupplier duty, boolean due) {
        this(leads, duty, due, LOOK, AGAIN);
    }

    /// @param duty answers whether it is done
    /// @param due whether it is to be done by a node that leads already
    LeaderDuties(BooleanSupplier leads, BooleanSupplier duty, boolean due, Duration look, Duration again) {
        this.leads = leads;
        this.duty = duty;
        this.due = due;
        this.look = look;
        this.again = again;
        this.thread = Thread.ofVirtual().name("leader-duties").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// @return how long to wait until the next look
    private Duration look() {
        try {
            if (!leads.getAsBoolean()) {
                due = true;
            } else if (due) {
                due = !duty.getAsBoolean();
                return due ? again : look;
            }
            return look;
        } catch (RuntimeException e) {
            log.warn("what the catalog's leader has to do failed, and is tried again in {}", again, e);
            return again;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
